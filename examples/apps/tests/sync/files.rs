//! Arguments, and files that are not what they should be.

use std::path::Path;
use std::process::Command;

use apple_ade_apps::store::{Sqlite, StoreError};

use crate::served::Apple;
use crate::{ended, folder};

#[test]
fn the_program_ends_with_2_for_wrong_usage() {
    let (code, out, err) = ended(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for option in ["--token", "--db", "--base-url", "--once", "--patience", "--assign", "--devices"] {
        assert!(out.contains(option), "{option}");
    }
    for (arguments, word) in [
        (&["--once"][..], "--token"),
        (&["--token", "t.json"], "--db"),
        (&["--db", "d"], "--token"),
        (&["--nothing"], "--nothing"),
        (&["--devices", "many"], "many"),
    ] {
        let (code, out, err) = ended(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains(word) && err.contains("--help"), "{arguments:?}: {err}");
    }
}

#[test]
fn a_token_that_cannot_be_read_is_told_before_anything_is_made() {
    let folder = folder("token");
    let file = |name: &str, content: &[u8]| {
        std::fs::write(folder.join(name), content).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let db = folder.join("devices.sqlite3");
    for (token, word) in [
        (file("empty.json", b""), "empty.json"),
        (file("half.json", b"{\"consumer_key\":\"CK_1\"}"), "the token has no"),
        (file("binary.json", b"\xFF\xFE\x00"), "not UTF-8"),
        (folder.join("none.json").to_str().unwrap().to_owned(), "cannot be read"),
        (folder.to_str().unwrap().to_owned(), "cannot be read"),
    ] {
        let (code, out, err) = ended(&["--token", &token, "--db", db.to_str().unwrap(), "--once"]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(word) && err.contains("--token"), "{err}");
        assert!(!db.exists());
    }
    let apple = Apple::new("url", 1, |world| world);
    let token = apple.folder.join("token.json");
    for url in ["http://mdm.example.com", "mdm.example.com", ""] {
        let arguments = ["--token", token.to_str().unwrap(), "--db", db.to_str().unwrap(), "--base-url", url];
        let (code, _, err) = ended(&arguments);
        assert_eq!(code, Some(1), "{err}");
        assert!(err.contains("--base-url"), "{err}");
        assert!(!db.exists());
    }
}

/// Makes a database with sqlite3 of the system, or says that there is none.
fn sqlite3(file: &Path, sql: &str) -> bool {
    match Command::new("sqlite3").arg(file).arg(sql).status() {
        Ok(status) => status.success(),
        Err(_) => false,
    }
}

#[test]
fn a_file_of_another_kind_is_not_overwritten() {
    let apple = Apple::new("other-kind", 3, |world| world);
    let db = apple.db();
    let text =
        b"Not a database, but somebody's diary. It is long enough to have a header, and a little longer.".repeat(9);
    std::fs::write(&db, &text).unwrap();
    let (code, out, err) = apple.run(&["--once"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("--db") && err.contains("no database of this program; name another one"), "{err}");
    assert_eq!(std::fs::read(&db).unwrap(), text);
    assert!(matches!(Sqlite::open(&db), Err(StoreError::NotOurs { .. })));
    assert_eq!(apple.calls("POST /server/devices"), 0);

    // SQLite, and of another program: made by our own SQLite through a store whose mark is then changed in the file's head.
    std::fs::remove_file(&db).unwrap();
    drop(Sqlite::open(&db).unwrap());
    let ours = std::fs::read(&db).unwrap();
    let mut others = ours.clone();
    others[68..72].copy_from_slice(b"FIDO");
    std::fs::write(&db, &others).unwrap();
    let (code, _, err) = apple.run(&["--once"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("a database of another program"), "{err}");
    assert_eq!(std::fs::read(&db).unwrap(), others);

    // Ours, and newer.
    let mut newer = ours;
    newer[60..64].copy_from_slice(&7_u32.to_be_bytes());
    std::fs::write(&db, &newer).unwrap();
    let (code, _, err) = apple.run(&["--once"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("version 7") && err.contains("newer program"), "{err}");
    assert_eq!(std::fs::read(&db).unwrap(), newer);

    // A folder, and a place that is not there.
    for place in [apple.folder.clone(), apple.folder.join("no").join("db")] {
        assert!(matches!(Sqlite::open(&place), Err(StoreError::Open { .. })), "{}", place.display());
    }

    std::fs::remove_file(&db).unwrap();
    if !sqlite3(&db, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine');") {
        println!("skipped: a database by sqlite3, which is not there");
        return;
    }
    let before = std::fs::read(&db).unwrap();
    let (code, _, err) = apple.run(&["--once"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("a database of another program"), "{err}");
    assert_eq!(std::fs::read(&db).unwrap(), before);
}

/// An empty file is a new database, as `mktemp` makes one.
#[test]
fn an_empty_file_is_a_new_database() {
    let apple = Apple::new("empty-file", 3, |world| world);
    std::fs::write(apple.db(), b"").unwrap();
    assert_eq!(apple.run(&["--once"]).0, Some(0));
    assert_eq!(apple.compare(), 3);
}
