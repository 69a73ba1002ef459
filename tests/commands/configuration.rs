//! What the configuration must never lose.

use serde_json::Value;

fn configuration() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tauri.conf.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_page_reaches_no_network_and_runs_nothing_inline() {
    let configuration = configuration();
    let policy = configuration["app"]["security"]["csp"].as_object().unwrap();
    let sources = |directive: &str| policy[directive].as_str().unwrap();
    assert_eq!(sources("default-src"), "'self'");
    assert_eq!(sources("script-src"), "'self'");
    assert_eq!(sources("style-src"), "'self'");
    // Tauri's own way to the shell, on the systems that need an address for it.
    assert_eq!(sources("connect-src"), "ipc: http://ipc.localhost");
    for nothing in ["object-src", "base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(sources(nothing), "'none'");
    }
    assert!(
        policy
            .values()
            .all(|sources| !sources.as_str().unwrap().contains("unsafe"))
    );
}

#[test]
fn the_page_gets_no_more_of_the_shell_than_its_one_capability() {
    let configuration = configuration();
    assert_eq!(configuration["app"]["withGlobalTauri"], false);
    assert_eq!(
        configuration["app"]["security"]["capabilities"],
        serde_json::json!(["main"])
    );
}
