//! Workspaces, connections, settings, imported rows and activity read back as they were written.

use receivables::Provider;
use serde_json::json;
use store::{Connection, CreatedRange, Draft, NewActivity, StoreError};

use crate::support::{at, book, connection, creditor, draft, workspace};

#[tokio::test]
async fn workspaces_and_connections_read_back() {
    let (_directory, book) = book().await;
    let mut second = creditor(workspace(2), "Ørsted");
    second.created = at(1);
    second.test_mode = true;
    book.insert_workspace(second.clone()).await.unwrap();
    assert_eq!(
        book.current_workspace().await.unwrap().unwrap().id,
        workspace(1),
        "without a choice it is the oldest"
    );
    book.set_current_workspace(second.id).await.unwrap();
    assert_eq!(
        book.current_workspace().await.unwrap(),
        Some(second.clone())
    );
    second.debitura_url = Some("http://127.0.0.1:1".into());
    book.update_workspace(second.clone()).await.unwrap();
    assert_eq!(book.workspaces().await.unwrap()[1], second);

    let source = Connection {
        id: connection(1),
        workspace: second.id,
        provider: Provider::QuickBooks,
        tenant: "99".into(),
        label: "Books".into(),
        key_hint: Some("f00d".into()),
        account_name: None,
        country: Some("DK".into()),
        status: json!({"state": "ok"}),
        created: at(2),
        last_sync: Some(at(3)),
        range: CreatedRange {
            from: Some(jiff::civil::date(2024, 3, 1)),
            to: None,
        },
    };
    book.insert_connection(source.clone()).await.unwrap();
    assert_eq!(
        book.connections(second.id).await.unwrap(),
        vec![source.clone()]
    );
    book.delete_workspace(second.id).await.unwrap();
    assert_eq!(
        book.connection(source.id).await.unwrap(),
        None,
        "a connection without a workspace belongs to nobody"
    );
    assert_eq!(
        book.current_workspace().await.unwrap().unwrap().id,
        workspace(1)
    );
    assert!(matches!(
        book.update_connection(source.clone()).await,
        Err(StoreError::Absent { .. })
    ));
    assert!(matches!(
        book.insert_connection(source).await,
        Err(StoreError::Refused { .. })
    ));
}

#[tokio::test]
async fn imported_rows_outlive_the_cache_and_leave_with_their_connection() {
    let (_directory, book) = book().await;
    book.insert_connection(Connection {
        id: connection(1),
        workspace: workspace(1),
        provider: Provider::Import,
        tenant: "7f".into(),
        label: "open.csv".into(),
        key_hint: None,
        account_name: None,
        country: None,
        status: json!(null),
        created: at(0),
        last_sync: None,
        range: CreatedRange::default(),
    })
    .await
    .unwrap();
    let rows: Vec<Draft> = ["2", "1"]
        .map(|id| Draft {
            invoice: draft(id).invoice(),
            raw: "[\"ä\"]".into(),
        })
        .into();
    book.keep_drafts(connection(1), rows.clone()).await.unwrap();
    book.keep_drafts(connection(1), rows.clone()).await.unwrap();
    assert_eq!(book.drafts(connection(1)).await.unwrap(), rows);
    book.delete_connection(connection(1)).await.unwrap();
    assert_eq!(book.drafts(connection(1)).await.unwrap(), vec![]);
}

#[tokio::test]
async fn settings_keep_any_shape() {
    let (_directory, book) = book().await;
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), None);
    book.set_setting("pace", 100_u8).await.unwrap();
    book.set_setting("pace", 90_u8).await.unwrap();
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), Some(90));
    assert!(matches!(
        book.get_setting::<Vec<String>>("pace").await,
        Err(StoreError::Unreadable { .. })
    ));
    book.clear_setting("pace").await.unwrap();
    assert_eq!(book.get_setting::<u8>("pace").await.unwrap(), None);
}

#[tokio::test]
async fn activity_is_read_from_the_newest_page_by_page() {
    let (_directory, book) = book().await;
    for number in 0..5 {
        book.record(NewActivity {
            at: at(number),
            workspace: (number != 2).then(|| workspace(1)),
            kind: "synced".into(),
            subject: Some(number.to_string()),
            data: json!({"count": number}),
        })
        .await
        .unwrap();
    }
    let first = book.activity(workspace(1), None, 2).await.unwrap();
    let rest = book
        .activity(workspace(1), Some(first[1].id), 10)
        .await
        .unwrap();
    let subjects: Vec<&str> = first
        .iter()
        .chain(&rest)
        .filter_map(|activity| activity.what.subject.as_deref())
        .collect();
    assert_eq!(subjects, ["4", "3", "2", "1", "0"]);
    let others = book.activity(workspace(2), None, 10).await.unwrap();
    assert_eq!(others.len(), 1, "the application's own concerns everyone");
}
