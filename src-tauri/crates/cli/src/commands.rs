//! One function per word of the command line. Each returns whether everything asked for was done.

use desk::wire::*;
use receivables::{InvoiceId, State};
use serde_json::{Value, json};

use crate::arguments::{Command, Connectable, JournalCommand, Range, StateArgument};
use crate::import;
use crate::input::standard_input;
use crate::print::Printer;
use crate::session::Session;
use crate::{sign_in, submit};

pub async fn run(session: &Session, printer: &Printer, command: Command) -> Result<bool, Failure> {
    match command {
        Command::Connect {
            provider,
            no_browser,
        } => match provider {
            Connectable::Debitura => connect_debitura(session, printer).await,
            Connectable::Stripe => connect_stripe(session, printer).await,
            Connectable::Quickbooks => {
                sign_in::connect(session, printer, SignInProvider::QuickBooks, !no_browser).await
            }
            Connectable::Zoho => {
                sign_in::connect(session, printer, SignInProvider::Zoho, !no_browser).await
            }
        },
        Command::Credentials { provider, region } => {
            sign_in::credentials(session, printer, provider, region).await
        }
        Command::Workspaces => workspaces(session, printer).await,
        Command::Connections => connections(session, printer).await,
        Command::Disconnect { id } => disconnect(session, printer, id).await,
        Command::Sync { id, created, due } => sync(session, printer, id, created, due).await,
        Command::Invoices {
            connection,
            state,
            limit,
        } => invoices(session, printer, connection, state, limit).await,
        Command::Accept { field, ids } => {
            let selection = if ids.is_empty() {
                let query = InvoiceQuery {
                    partly_paid: true,
                    ..InvoiceQuery::default()
                };
                Selection::Matching {
                    query,
                    except: Vec::new(),
                }
            } else {
                Selection::Ids { ids }
            };
            change(
                session,
                printer,
                "accept_suggestions",
                json!(AcceptSuggestions { selection, field }),
            )
            .await
        }
        Command::Correct { id, field, value } => {
            change(
                session,
                printer,
                "correct",
                json!(Correct { id, field, value }),
            )
            .await
        }
        Command::Map { file, sheet } => import::map(session, printer, &file, sheet).await,
        Command::Import {
            file,
            sheet,
            mapping,
        } => import::import(session, printer, &file, sheet, mapping.as_deref()).await,
        Command::Undo => change(session, printer, "undo", json!({})).await,
        Command::Preview { ids } => submit::preview(session, printer, ids).await,
        Command::Submit { ids, yes } => submit::submit(session, printer, ids, yes).await,
        Command::Cases { refresh } => cases(session, printer, refresh).await,
        Command::Journal {
            command: JournalCommand::Export { file },
        } => {
            let file = std::path::absolute(&file).unwrap_or(file);
            let request = ExportJournal {
                file: file.to_string_lossy().into_owned(),
            };
            let done: JournalExported = session.call("export_journal", request).await?;
            printer.result(&json!(done), || {
                vec![format!("{} submissions written.", done.submissions)]
            });
            Ok(true)
        }
    }
}

async fn connect_debitura(session: &Session, printer: &Printer) -> Result<bool, Failure> {
    let request = ConnectDebitura {
        key: standard_input("The key")?,
        environment: Environment::Production,
        workspace: None,
    };
    let workspace: WorkspaceView = session.call("connect_debitura", request).await?;
    printer.result(&json!({ "workspace": workspace }), || {
        vec![format!("Connected {}.", workspace.name)]
    });
    Ok(true)
}

async fn connect_stripe(session: &Session, printer: &Printer) -> Result<bool, Failure> {
    let request = ConnectStripe {
        key: standard_input("The key")?,
        connection: None,
    };
    let connection: ConnectionView = session.call("connect_stripe", request).await?;
    printer.result(&json!({ "connection": connection }), || {
        vec![format!("Connected Stripe as {}.", connection.id)]
    });
    Ok(true)
}

async fn workspaces(session: &Session, printer: &Printer) -> Result<bool, Failure> {
    let state: AppState = session.call("app_state", json!({})).await?;
    printer.result(
        &json!({ "workspaces": state.workspaces, "current": state.current }),
        || {
            state
                .workspaces
                .iter()
                .map(|workspace| format!("{}  {}", workspace.id, workspace.name))
                .collect()
        },
    );
    Ok(true)
}

async fn connections(session: &Session, printer: &Printer) -> Result<bool, Failure> {
    let state: AppState = session.call("app_state", json!({})).await?;
    printer.result(&json!({ "connections": state.connections }), || {
        let line = |connection: &ConnectionView| {
            let synced = connection.last_sync.as_deref().unwrap_or("never fetched");
            format!(
                "{}  {}  {} open  {synced}",
                connection.id, connection.provider, connection.open_invoices
            )
        };
        state.connections.iter().map(line).collect()
    });
    Ok(true)
}

async fn disconnect(session: &Session, printer: &Printer, id: String) -> Result<bool, Failure> {
    let effects: DisconnectEffects = session.call("disconnect", ById { id }).await?;
    printer.result(&json!({ "removed": effects }), || {
        vec![format!(
            "Removed, with {} cached invoices.",
            effects.invoices
        )]
    });
    Ok(true)
}

async fn sync(
    session: &Session,
    printer: &Printer,
    id: Option<String>,
    created: Option<Range>,
    due: Option<Range>,
) -> Result<bool, Failure> {
    let dates = |range: Range| DateRange {
        from: range.from,
        to: range.to,
    };
    let started: Started = session
        .call(
            "sync",
            Sync {
                connection: id,
                created: created.map(dates),
                due: due.map(dates),
            },
        )
        .await?;
    let job = session
        .wait(&started.job, |view| {
            if view.ended.is_none() {
                let note = view
                    .note
                    .as_deref()
                    .map(|note| format!(" ({note})"))
                    .unwrap_or_default();
                printer.message(&format!(
                    "{}: {} {}{note}",
                    view.title, view.done, view.unit
                ));
            }
        })
        .await?;
    let complete = job.stage == JobStage::Done;
    let note = job.note.clone().unwrap_or_default();
    printer.result(
        &json!({ "complete": complete, "invoices": job.done, "note": note }),
        || vec![note.clone()],
    );
    Ok(complete)
}

async fn invoices(
    session: &Session,
    printer: &Printer,
    connection: Option<String>,
    state: StateArgument,
    limit: Option<u32>,
) -> Result<bool, Failure> {
    let states = match state {
        StateArgument::Ready => vec![State::Ready],
        StateArgument::Attention => vec![State::Attention],
        StateArgument::NotDue => vec![State::NotDue],
        StateArgument::SetAside => vec![State::SetAside],
        StateArgument::Submitted => vec![State::Submitted],
        StateArgument::All => State::ALL
            .into_iter()
            .filter(|state| *state != State::Gone)
            .collect(),
    };
    let query = InvoiceQuery {
        connection,
        states,
        partly_paid: true,
        ..InvoiceQuery::default()
    };
    let mut rows: Vec<InvoiceRow> = Vec::new();
    let page = loop {
        let wanted = limit.map_or(500, |limit| limit.saturating_sub(count(&rows)).min(500));
        let window = Window {
            offset: count(&rows),
            limit: wanted,
        };
        let request = ListInvoices {
            query: query.clone(),
            window,
            problems: true,
        };
        let mut page: InvoicePage = session.call("invoices", request).await?;
        let empty = page.rows.is_empty();
        rows.append(&mut page.rows);
        if empty || count(&rows) >= limit.unwrap_or(page.total).min(page.total) {
            break page;
        }
    };
    let document: Vec<Value> = rows.iter().map(invoice_document).collect();
    let totals: serde_json::Map<String, Value> = page
        .totals
        .iter()
        .map(|amount| (amount.currency.clone(), json!(amount.value)))
        .collect();
    printer.result(
        &json!({ "invoices": document, "total": page.total, "totals": totals }),
        || {
            rows.iter()
                .map(|row| {
                    let amount = row
                        .amount
                        .as_ref()
                        .map(|amount| format!("{} {}", amount.currency, amount.value));
                    format!(
                        "{}  {:<10} {:<18} {:>18}  {}",
                        row.id,
                        row.state.name(),
                        row.reference.as_deref().unwrap_or("–"),
                        amount.unwrap_or_default(),
                        row.debtor.as_deref().unwrap_or("–"),
                    )
                })
                .collect()
        },
    );
    Ok(true)
}

fn count(rows: &[InvoiceRow]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

fn invoice_document(row: &InvoiceRow) -> Value {
    let provider_id = row
        .id
        .parse::<InvoiceId>()
        .map(|id| id.id)
        .unwrap_or_default();
    json!({
        "id": row.id,
        "connection": row.connection,
        "provider_id": provider_id,
        "creditor_reference": row.reference,
        "debtor_name": row.debtor,
        "amount": row.amount.as_ref().map(|amount| &amount.value),
        "currency": row.amount.as_ref().map(|amount| &amount.currency),
        "case_date": row.case_date,
        "due_date": row.due_date,
        "state": row.state,
        "problems": row.problems,
    })
}

async fn change(
    session: &Session,
    printer: &Printer,
    command: &str,
    request: Value,
) -> Result<bool, Failure> {
    let changed: Changed = session.call(command, request).await?;
    printer.result(&json!({ "changed": changed.count }), || {
        vec![format!("{} changed.", changed.count)]
    });
    Ok(true)
}

async fn cases(session: &Session, printer: &Printer, refresh: bool) -> Result<bool, Failure> {
    let window = Window {
        offset: 0,
        limit: 1,
    };
    let cached: CasePage = session
        .call(
            "cases",
            ListCases {
                query: CaseQuery::default(),
                window,
            },
        )
        .await?;
    // An account that was never read has no list to show.
    if refresh || cached.as_of.at.is_none() {
        let started: Started = session.call("refresh_cases", json!({})).await?;
        session.wait(&started.job, |_| {}).await?;
    }
    let mut rows: Vec<CaseRow> = Vec::new();
    let page = loop {
        let window = Window {
            offset: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            limit: 500,
        };
        let mut page: CasePage = session
            .call(
                "cases",
                ListCases {
                    query: CaseQuery::default(),
                    window,
                },
            )
            .await?;
        let empty = page.rows.is_empty();
        rows.append(&mut page.rows);
        if empty || rows.len() >= page.total as usize {
            break page;
        }
    };
    let document: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "reference": row.reference,
                "creditor_reference": row.creditor_reference,
                "debtor_name": row.debtor,
                "amount": row.amount.as_ref().map(|amount| &amount.value),
                "currency": row.amount.as_ref().map(|amount| &amount.currency),
                "status": row.status,
                "updated": row.updated,
            })
        })
        .collect();
    printer.result(
        &json!({ "cases": document, "as_of": page.as_of.at }),
        || {
            rows.iter()
                .map(|row| {
                    format!(
                        "{}  {:<28} {}",
                        row.reference,
                        row.status,
                        row.debtor.as_deref().unwrap_or("–")
                    )
                })
                .collect()
        },
    );
    Ok(true)
}
