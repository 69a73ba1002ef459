//! The team, what is said about a case, and the tasks that follow from it.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{Account, Case, Lifecycle};
use super::check::text;
use super::{Call, Desk, Reply, cases, errors, page};
use crate::dice::Dice;
use crate::schema::{Documented, Shape};

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
}

impl User {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Chat {
    id: Uuid,
    at: Timestamp,
    /// 0 partner, 1 creditor, 2 managed by partner.
    role: usize,
    message: String,
    /// The place of the writer in the team.
    author: Option<usize>,
}

/// Something the creditor has to do. It is solved by doing it, and vanishes.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    id: Uuid,
    pub(super) kind: &'static str,
    case: Option<Uuid>,
    created: Timestamp,
    pub(super) solved: Option<Timestamp>,
}

/// Type, label, and whether a chat message solves it.
const KINDS: [(&str, &str, bool); 9] = [
    ("Generic", "Task", false),
    ("ReplyToChat", "Reply to message", true),
    ("SelectQuoteWinner", "Select a quote", false),
    ("ReviewPartner", "Review the partner", false),
    ("ClientInputRequired", "Your input is required", true),
    ("SignContract", "Sign contract", false),
    ("MoreInfoNeeded", "More information needed", true),
    ("AssignBankAccount", "Assign a bank account", false),
    (
        "CaseValidationNeedsInfo",
        "Case validation needs information",
        true,
    ),
];

pub(super) fn users(desk: &Desk, call: &Call) -> Reply {
    let json = |user: &User| json!({ "id": user.id, "name": user.name(), "email": user.email });
    match page(call, desk.account.users.iter().map(json).collect(), 50) {
        Ok((page, users)) => Reply::ok(json!({ "page": page, "users": users })),
        Err(_) => {
            errors::problem(400, "Invalid paging").shaped(Shape::Documented(Documented::Problem))
        }
    }
}

fn chat_json(account: &Account, chat: &Chat) -> Value {
    let author = chat
        .author
        .and_then(|at| Some((at, account.users.get(at)?)));
    let user = author.map(|(at, user)| {
        json!({ "id": at + 1, "dateCreated": null, "dateUpdated": null, "firstName": user.first, "lastName": user.last,
            "email": user.email })
    });
    let role = ["Partner", "Creditor", "Managed by partner"][chat.role.min(2)];
    json!({
        "id": chat.id, "dateCreated": chat.at, "dateUpdated": null, "role": chat.role, "roleLabel": role, "message": chat.message,
        "isSeen": chat.role == 1, "user": user,
    })
}

pub(super) fn chats(desk: &Desk, call: &Call) -> Reply {
    desk.case(call).map_or_else(
        |refusal| refusal,
        |case| {
            Reply::ok(Value::Array(
                case.chats
                    .iter()
                    .map(|chat| chat_json(desk.account, chat))
                    .collect(),
            ))
        },
    )
}

pub(super) fn send_chat(desk: &mut Desk, call: &Call) -> Reply {
    let at = match desk.case_index(call) {
        Ok(at) => at,
        Err(refusal) => return refusal,
    };
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors::unreadable("The body could not be read as JSON.");
    };
    let message = body["message"].as_str().unwrap_or_default();
    if message.trim().is_empty() || message.chars().count() > 10_000 {
        return errors::rejected(
            400,
            "InvalidMessage",
            "The message must have 1 to 10000 characters.",
        );
    }
    let users = &desk.account.users;
    let author = match (text(&body, "userEmail"), text(&body, "userId")) {
        (Some(email), _) => users
            .iter()
            .position(|user| user.email.eq_ignore_ascii_case(email)),
        (None, Some(id)) => users
            .iter()
            .position(|user| Uuid::try_parse(id).is_ok_and(|id| id == user.id)),
        (None, None) => {
            return errors::rejected(
                400,
                "MissingUserIdentifier",
                "Either userEmail or userId is required.",
            );
        }
    };
    let Some(author) = author else {
        return errors::rejected(
            400,
            "InvalidUserEmail",
            "The user is not an active member of your team.",
        );
    };
    let chat = Chat {
        id: desk.dice.uuid(),
        at: call.now,
        role: 1,
        message: message.to_owned(),
        author: Some(author),
    };
    let json = chat_json(desk.account, &chat);
    let name = desk.account.users[author].name();
    let case = &mut desk.account.cases[at];
    case.chats.push(chat);
    case.touch(
        call.now,
        "ChatMessage",
        "Message sent",
        message,
        ("Creditor user", Some(&name)),
    );
    let id = case.id;
    let answered = !case.missing.is_empty() || case.lifecycle == Lifecycle::NeedsAdditionalDetails;
    if answered {
        case.missing.clear();
        case.responded = Some(call.now);
    }
    desk.account
        .webhooks
        .emit("chat.created", &desk.account.cases[at], call.now, desk.dice);
    solve(desk.account, id, call.now);
    if answered {
        cases::enter_stage(
            desk.account,
            at,
            desk.dice,
            Lifecycle::PendingVerification,
            None,
            call.now,
        );
    }
    Reply::ok(json)
}

pub(super) fn partner_chat(
    account: &mut Account,
    at: usize,
    dice: &mut Dice,
    message: &str,
    now: Timestamp,
) {
    let case = &mut account.cases[at];
    let chat = Chat {
        id: dice.uuid(),
        at: now,
        role: 0,
        message: message.to_owned(),
        author: None,
    };
    case.chats.push(chat);
    let partner = case.shown_partner().map(|partner| partner.name);
    case.touch(
        now,
        "ChatMessage",
        "Message received",
        message,
        ("Partner user", partner),
    );
    let id = case.id;
    open_task(account, dice, now, "ReplyToChat", Some(id));
    account
        .webhooks
        .emit("chat.created", &account.cases[at], now, dice);
}

pub(super) fn open_task(
    account: &mut Account,
    dice: &mut Dice,
    now: Timestamp,
    kind: &'static str,
    case: Option<Uuid>,
) {
    let same = |task: &Task| task.kind == kind && task.case == case && task.solved.is_none();
    if !account.tasks.iter().any(same) {
        account.tasks.push(Task {
            id: dice.uuid(),
            kind,
            case,
            created: now,
            solved: None,
        });
    }
}

/// A message of the creditor solves what waits for one.
fn solve(account: &mut Account, case: Uuid, now: Timestamp) {
    let by_chat = |kind: &str| {
        KINDS
            .iter()
            .any(|(known, _, by_chat)| *known == kind && *by_chat)
    };
    for task in &mut account.tasks {
        if task.case == Some(case) && by_chat(task.kind) && task.solved.is_none() {
            task.solved = Some(now);
        }
    }
}

fn task_json(account: &Account, task: &Task) -> Value {
    let case = task
        .case
        .and_then(|id| account.cases.iter().find(|case| case.id == id));
    let (_, label, by_chat) = KINDS
        .iter()
        .find(|(kind, ..)| *kind == task.kind)
        .copied()
        .unwrap_or(KINDS[0]);
    let detail = |case: &Case| case.missing.first().map(|(_, text)| text.clone());
    let link = task.case.map_or_else(
        || "https://app.debitura.example/tasks".into(),
        |id| format!("https://app.debitura.example/cases/{id}"),
    );
    json!({
        "id": task.id, "type": task.kind, "typeLabel": label, "title": label,
        "description": case.and_then(detail), "status": if task.solved.is_some() { "Solved" } else { "Open" },
        "caseId": task.case, "caseReference": case.map(|case| &case.reference), "leadId": null, "deadline": null,
        "dateCreated": task.created, "dateSolved": task.solved, "solutionUrl": link,
        "action": task.case.filter(|_| by_chat).map(|id| json!({ "method": "POST", "path": format!("/cases/{id}/chats") })),
    })
}

fn wanted_tasks(desk: &Desk, call: &Call, case: Option<Uuid>) -> Result<Vec<Value>, Reply> {
    let status = call.query("status").next().unwrap_or("Open");
    let solved = match status.to_ascii_lowercase().as_str() {
        "open" => false,
        "solved" => true,
        _ => {
            return Err(errors::rejected(
                400,
                "InvalidFilter",
                "status must be Open or Solved.",
            ));
        }
    };
    let kinds: Vec<&str> = call
        .query("type")
        .flat_map(|kinds| kinds.split(','))
        .filter(|kind| !kind.is_empty())
        .collect();
    if let Some(unknown) = kinds.iter().find(|kind| {
        !KINDS
            .iter()
            .any(|(known, ..)| known.eq_ignore_ascii_case(kind))
    }) {
        return Err(errors::rejected(
            400,
            "InvalidFilter",
            &format!("The task type '{unknown}' is not known."),
        ));
    }
    let fits = |task: &&Task| {
        task.solved.is_some() == solved
            && (kinds.is_empty()
                || kinds
                    .iter()
                    .any(|kind| kind.eq_ignore_ascii_case(task.kind)))
            && case.is_none_or(|case| task.case == Some(case))
    };
    Ok(desk
        .account
        .tasks
        .iter()
        .filter(fits)
        .map(|task| task_json(desk.account, task))
        .collect())
}

pub(super) fn tasks(desk: &Desk, call: &Call) -> Reply {
    match wanted_tasks(desk, call, None).and_then(|tasks| page(call, tasks, 10)) {
        Ok((page, tasks)) => Reply::ok(json!({ "page": page, "tasks": tasks })),
        Err(refusal) => refusal,
    }
}

pub(super) fn tasks_of(desk: &Desk, call: &Call) -> Reply {
    let tasks = desk
        .case(call)
        .map(|case| case.id)
        .and_then(|id| wanted_tasks(desk, call, Some(id)));
    tasks.map_or_else(|refusal| refusal, |tasks| Reply::ok(Value::Array(tasks)))
}
