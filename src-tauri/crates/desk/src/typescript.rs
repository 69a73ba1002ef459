//! The command table in TypeScript, as the page imports it. `cargo xtask check` refuses a committed file that differs.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use crate::commands::{COMMANDS, visit_types};

#[derive(Default)]
struct Declarations(BTreeMap<String, String>);

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types without a file of their own are TypeScript's: string, number, arrays.
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            T::visit_generics(self);
            return;
        }
        let config = Config::default();
        let name = T::ident(&config);
        if self.0.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.0
            .insert(name, format!("{docs}export {}\n", T::decl(&config)));
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The whole file.
pub fn typescript() -> String {
    let mut declarations = Declarations::default();
    visit_types(&mut declarations);
    let mut file = String::from(
        "// Made from the command table in `desk` by `cargo xtask types`. Do not edit.\n\n",
    );
    for declaration in declarations.0.values() {
        file.push_str(declaration);
        file.push('\n');
    }
    file.push_str(
        "/** Every command: its request and its answer. */\nexport interface Commands {\n",
    );
    for command in COMMANDS.iter().filter(|command| command.page) {
        file.push_str(&format!(
            "  /** {} */\n  {}: {{ request: {}; answer: {} }};\n",
            command.about,
            command.name,
            (command.request)(),
            (command.answer)()
        ));
    }
    file.push_str("}\n");
    file
}
