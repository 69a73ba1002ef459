//! Sources that are signed in to: the application in one tab, and in another the browser that it opens, where a person
//! agrees on the provider's page.

use sandbox::Options;

use crate::states::{enter_key, look};
use crate::support::browser::in_browser;
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::system_browser::{register_quickbooks, register_zoho};
use crate::support::{Page, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn quickbooks_and_two_organisations_of_zoho_are_connected_with_a_click() {
    let stage = Stage::set(Options::default()).await;
    in_browser("signing-in", &stage, View::USUAL, async |page| {
        enter_key(
            page,
            "[data-testid=debitura-key]",
            stage.sandbox.debitura_key(),
        )
        .await;
        click(page, "[data-testid=connect-debitura]").await;
        click(page, "[data-testid=source-quickbooks]").await;
        page.see("[data-testid=application]", "").await;
        look(page, "sign-in-application").await;
        register_quickbooks(&stage, page).await;
        page.see("[data-step=ready]", "").await;
        look(page, "sign-in-ready").await;
        click(page, "[data-testid=start-sign-in]").await;
        page.see("[data-step=waiting]", "").await;
        look(page, "sign-in-waiting").await;
        agree(&stage, page, "Connect", "Connected to QuickBooks Online").await;
        page.see("heading", "Bulk Import").await;
        page.see("[data-row='0']", "").await;
        page.gone("progress, [role=progressbar]", "").await;
        look(page, "sign-in-invoices").await;

        page.press("Integrations").await;
        click(page, "[data-testid=add-source]").await;
        page.press("Zoho Books").await;
        register_zoho(&stage, page).await;
        click(page, "[data-testid=start-sign-in]").await;
        page.see("[data-step=waiting]", "").await;
        agree(&stage, page, "Accept", "Signed in to Zoho Books").await;
        page.see("[data-step=choosing]", "").await;
        look(page, "sign-in-choosing").await;
        let organisations = page.names("[data-testid=sign-in] input").await;
        for at in 1..organisations.len() {
            click(
                page,
                &format!("[data-testid=sign-in] li:nth-child({}) input", at + 1),
            )
            .await;
        }
        click(page, "[data-testid=choose-companies]").await;
        page.gone("[data-testid=sign-in]", "").await;
        page.read("Europe").await;
        page.gone("progress, [role=progressbar]", "").await;
        look(page, "sign-in-connected").await;
        assert_eq!(page.policy_violations().await, Vec::<String>::new());
    })
    .await;
}

/// Opens the address that the application opened, agrees there, and comes back.
async fn agree(stage: &Stage, page: &Page, button: &str, said: &str) {
    let address = stage.opened_links().pop().expect("a browser was opened");
    let driver = page.driver();
    let (app, _) = driver.open_tab().await.unwrap();
    driver.go(&address).await.unwrap();
    page.see("button", button).await;
    page.picture(&format!("consent-{}", button.to_lowercase()))
        .await;
    page.press(button).await;
    page.read(said).await;
    page.picture(&format!("consent-done-{}", button.to_lowercase()))
        .await;
    driver.look_at(&app).await.unwrap();
}
