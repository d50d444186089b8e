//! Portal branding: every bound at its edge, and logos against images that Pillow made.

use apple_ade::program::branding::{
    AdditionalInformation, Branding, Color, CompanyName, ContactEmail, ContactName, ContactPhone, Logo, LogoFormat,
    LogoProblem, SiteName, SupportSite, TextProblem,
};
use apple_ade::program::{HttpsUrl, UrlProblem};

use crate::fixture;

/// Takes a text of the most characters, and refuses one more.
fn bound<T: std::str::FromStr<Err = TextProblem> + std::fmt::Debug>(most: usize, text: impl Fn(usize) -> String) {
    assert!(text(most).parse::<T>().is_ok(), "{:?}", text(most));
    match text(most + 1).parse::<T>() {
        Err(TextProblem::TooLong { found, most: said, .. }) => assert_eq!((found, said), (most + 1, most)),
        other => panic!("{other:?}"),
    }
    assert!(matches!("  ".parse::<T>(), Err(TextProblem::Empty { .. })));
}

/// BRA-1, BRA-2, BRA-3, BRA-4, BRA-5, BRA-9.
#[test]
fn texts_have_the_documents_bounds() {
    let letters = |count: usize| "é".repeat(count);
    bound::<CompanyName>(40, letters);
    bound::<ContactName>(40, letters);
    bound::<ContactPhone>(20, |count| "5".repeat(count));
    bound::<ContactEmail>(40, |count| format!("{}@example.org", "a".repeat(count - 12)));
    bound::<AdditionalInformation>(120, letters);
    assert!("Room 12\nMondays".parse::<AdditionalInformation>().is_ok());
    assert!("Room \u{1b}[31m12".parse::<AdditionalInformation>().is_err(), "nothing that steers a terminal");
    bound::<SiteName>(40, letters);
}

/// BRA-1: alphanumeric.
#[test]
fn a_company_name_has_no_special_characters() {
    assert_eq!("  Example School 12 ".parse::<CompanyName>().unwrap().as_str(), "Example School 12");
    for (text, at) in [("Smith & Sons", 7), ("Example, Inc", 8), ("a\tb", 2), ("école №1", 7)] {
        match text.parse::<CompanyName>() {
            Err(TextProblem::Character { at: found, .. }) => assert_eq!(found, at, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

/// BRA-4: alias@domain.
#[test]
fn an_e_mail_address_has_an_alias_and_a_domain() {
    assert!("help@example.org".parse::<ContactEmail>().is_ok());
    for text in [
        "help",
        "@example.org",
        "help@",
        "help@example",
        "he lp@example.org",
        "help@@example.org",
        "a@-b.org",
        ".a@b.org",
    ] {
        assert!(matches!(text.parse::<ContactEmail>(), Err(TextProblem::NotEmail { .. })), "{text}");
    }
}

/// BRA-6, BRA-7: https, 79 and 150 characters.
#[test]
fn urls_are_https_and_short() {
    fn url(length: usize) -> String {
        format!("https://www.example.org/{}", "p".repeat(length - 24))
    }
    assert!(url(79).parse::<HttpsUrl<79>>().is_ok());
    assert_eq!(url(80).parse::<HttpsUrl<79>>(), Err(UrlProblem::TooLong { found: 80, most: 79 }));
    assert!(url(150).parse::<HttpsUrl<150>>().is_ok());
    assert_eq!(url(151).parse::<HttpsUrl<150>>(), Err(UrlProblem::TooLong { found: 151, most: 150 }));
    for (text, problem) in [
        ("http://example.org", UrlProblem::NotHttps),
        ("example.org", UrlProblem::NotHttps),
        ("é://example", UrlProblem::NotHttps),
        ("https://", UrlProblem::NotUrl),
        ("https:///privacy", UrlProblem::NotUrl),
        ("https://a..b/", UrlProblem::NotUrl),
        ("https://example.org/a b", UrlProblem::NotUrl),
        ("https://example.org/\u{202e}gpj", UrlProblem::NotUrl),
        ("https://example.org/#a\nb", UrlProblem::NotUrl),
        ("https://example.org/%zz", UrlProblem::NotUrl),
        ("https://example.org:99999/", UrlProblem::NotUrl),
        ("https://1.2.3.999", UrlProblem::NotUrl),
        ("https://ex*mple,org;/", UrlProblem::NotUrl),
        ("https://user:pw@example.org/", UrlProblem::UserInfo),
    ] {
        assert_eq!(text.parse::<HttpsUrl<79>>(), Err(problem), "{text}");
    }
}

/// BRA-7, BRA-9: without a URL nothing, without a name the documents' words.
#[test]
fn a_support_site_without_a_name_has_the_usual_one() {
    let site = SupportSite::new("https://help.example.org".parse().unwrap());
    assert_eq!(site.display_name(), "Go to IT website");
    assert_eq!(site.with_name("Help".parse().unwrap()).display_name(), "Help");
    assert_eq!(Branding::new("Example".parse().unwrap()).support_site, None);
}

/// BRA-10; and the whole is stored and read with its bounds.
#[test]
fn branding_is_stored_and_checked_when_it_is_read() {
    let theme: Color = "#0A84FF".parse().unwrap();
    for text in ["0A84F", "#0A84FG", "#0A84FF0", "#+A84FF", "blue", "#é84FF"] {
        assert!(text.parse::<Color>().is_err(), "{text}");
    }
    let site = SupportSite::new("https://help.example.org".parse().unwrap());
    let branding = Branding::new("Example".parse().unwrap()).with_support_site(site).with_theme(theme);
    let stored = serde_json::to_string(&branding).unwrap();
    assert_eq!(serde_json::from_str::<Branding>(&stored).unwrap(), branding);
    let error = serde_json::from_str::<Branding>(&stored.replace("Example", "Ex&mple")).unwrap_err();
    assert!(error.to_string().contains("'&' as its character 3"), "{error}");
    assert!(serde_json::from_str::<Branding>(&stored.replace("https://help", "http://help")).is_err());
}

/// BRA-11.
#[test]
fn logos_are_judged_by_their_first_bytes() {
    let read = |name: &str| Logo::new(fixture::bytes(&format!("branding/{name}")));
    for (name, format, width, height) in [
        ("400x100.png", LogoFormat::Png, 400, 100),
        ("400x100.jpg", LogoFormat::Jpeg, 400, 100),
        ("1x1.png", LogoFormat::Png, 1, 1),
        ("1x1.jpg", LogoFormat::Jpeg, 1, 1),
        ("palette.png", LogoFormat::Png, 400, 100),
        ("progressive.jpg", LogoFormat::Jpeg, 400, 100),
        ("exif.jpg", LogoFormat::Jpeg, 400, 100),
    ] {
        let logo = read(name).unwrap();
        assert_eq!((logo.format(), logo.width(), logo.height()), (format, width, height), "{name}");
        assert_eq!(logo.file(), fixture::bytes(&format!("branding/{name}")));
    }
    for name in ["401x100.png", "401x100.jpg", "400x101.png", "400x101.jpg"] {
        let problems = read(name).unwrap_err().problems;
        assert!(matches!(problems[..], [LogoProblem::TooLarge { .. }]), "{name}: {problems:?}");
    }
    assert_eq!(read("400x100.gif").unwrap_err().problems, [LogoProblem::Format]);

    // Bytes behind the image's end are weighed as well.
    let mut heavy = fixture::bytes("branding/400x100.png");
    heavy.resize(Logo::MOST_BYTES, 0);
    assert!(Logo::new(heavy.clone()).is_ok());
    heavy.push(0);
    assert_eq!(
        Logo::new(heavy.clone()).unwrap_err().problems,
        [LogoProblem::TooHeavy { found: 750_001, most: 750_000 }]
    );
    assert!(Logo::with_most_bytes(heavy, Logo::MOST_BYTES_BINARY).is_ok());
    let wide = [fixture::bytes("branding/401x100.jpg"), vec![0; 768_000]].concat();
    assert_eq!(Logo::new(wide).unwrap_err().problems.len(), 2);
}

/// A file that is cut anywhere before its size is no logo, and no panic.
#[test]
fn cut_logos_are_named() {
    for name in ["400x100.png", "exif.jpg"] {
        let file = fixture::bytes(&format!("branding/{name}"));
        let whole = (0..file.len()).find(|length| Logo::new(&file[..*length]).is_ok()).unwrap();
        assert!((20..400).contains(&whole), "{name}: {whole}");
        assert!((0..whole).all(|length| Logo::new(&file[..length]).unwrap_err().problems == [LogoProblem::Format]));
        assert!((whole..file.len()).all(|length| Logo::new(&file[..length]).is_ok()));
    }
}
