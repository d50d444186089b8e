//! What a device should have, and the plan for it.

use std::collections::BTreeSet;

use apple_ade::api::{Device, DeviceFamily, DeviceStatus, OpType, Os, ProfileStatus};
use apple_ade::assign::*;
use apple_ade::id::SerialNumber;
use apple_ade::os::Platform;
use chrono::{DateTime, Utc};

use crate::assigner::token;

fn name(text: &str) -> ProfileName {
    text.parse().unwrap()
}

fn serial(text: &str) -> SerialNumber {
    text.parse().unwrap()
}

/// `P1` to `P3` with the UUIDs `U1` to `U3`, `P2` for Shared iPads; `OTHER` of another token.
fn profiles() -> Profiles {
    let mut profiles = Profiles::new();
    for (text, uuid) in [("P1", "U1"), ("P3", "U3"), ("all", "UA")] {
        profiles.insert(name(text), DefinedProfile::new(token("CK"), uuid.parse().unwrap()));
    }
    profiles.insert(name("P2"), DefinedProfile::new(token("CK"), "U2".parse().unwrap()).shared_ipad());
    profiles.insert(name("OTHER"), DefinedProfile::new(token("CK_OTHER"), "U9".parse().unwrap()));
    profiles
}

fn device(text: &str, family: Option<DeviceFamily>) -> Device {
    let mut device = Device::new(serial(text));
    device.device_family = family;
    device
}

fn with_profile(mut device: Device, status: ProfileStatus, uuid: Option<&str>) -> Device {
    device.profile_status = Some(status);
    device.profile_uuid = uuid.map(|uuid| uuid.parse().unwrap());
    device
}

fn plan(rules: &AssignmentRules, devices: &[(Device, Known)]) -> AssignmentPlan {
    let profiles = profiles();
    let mut planner = Planner::new(rules.with_profiles(&profiles).unwrap());
    for (device, known) in devices {
        planner.add(device, known);
    }
    planner.finish()
}

/// ASG-5, ASG-6: explicit, then the rules in order, then the default, then none.
#[test]
fn the_explicit_choice_wins() {
    let ipads = || Rule::new("iPads", name("P2"), Selector::all().family([DeviceFamily::Ipad]));
    let labs = || Rule::new("labs", name("P3"), Selector::all().tag(["lab"]));
    let base = AssignmentRules::new(token("CK"));
    let ipad = device("S1", Some(DeviceFamily::Ipad));
    let (lab, none) = (BTreeSet::from(["lab".to_owned()]), BTreeSet::new());
    let (first, second) = (Reason::Rule("iPads".into()), Reason::Rule("labs".into()));
    let all = base.clone().rule(ipads()).rule(labs()).default_profile(name("P1"));
    let cases = [
        (base.clone(), &lab, None, Reason::Nothing),
        (base.clone().default_profile(name("P1")), &lab, Some("P1"), Reason::Default),
        (all.clone(), &lab, Some("P2"), first.clone()),
        (base.clone().rule(labs()).rule(ipads()), &lab, Some("P3"), second),
        (base.clone().rule(labs()).rule(ipads()), &none, Some("P2"), first.clone()),
        (all.clone().choose(serial("S1"), name("P1")), &lab, Some("P1"), Reason::Chosen),
        (all.clone().choose(serial("S2"), name("P1")), &lab, Some("P2"), first),
    ];
    let profiles = profiles();
    for (rules, tags, expected, reason) in cases {
        let wanted = rules.with_profiles(&profiles).unwrap();
        let resolution = wanted.resolve(&ipad, tags);
        assert_eq!((resolution.name().map(ProfileName::as_str), resolution.reason()), (expected, &reason));
        assert_eq!(resolution.profile(), expected.and_then(|name| profiles.get(name)));
    }
    let mut rules = all.choose(serial("S1"), name("P1"));
    assert_eq!(rules.unchoose("S1"), Some(name("P1")));
    assert_eq!(rules.with_profiles(&profiles).unwrap().resolve(&ipad, &lab).name(), Some(&name("P2")));
}

#[test]
fn selectors() {
    let mut ipad = device("S1", Some(DeviceFamily::Ipad));
    ipad.model = Some("iPad Air".to_owned());
    ipad.os = Some(Os::Ios);
    let bare = device("S2", None);
    let tags = BTreeSet::from(["lab".to_owned(), "b".to_owned()]);
    let cases = [
        (Selector::all(), true, true),
        (Selector::all().family([DeviceFamily::Ipad, DeviceFamily::Mac]), true, false),
        (Selector::all().family([DeviceFamily::Mac]), false, false),
        (Selector::all().family([]), false, false),
        (Selector::all().model(["ipad air "]), true, false),
        (Selector::all().model(["iPad"]), false, false),
        // Below protocol version 7 Apple says iOS.
        (Selector::all().os([Platform::IpadOs]), true, false),
        (Selector::all().os([Platform::Ios]), false, false),
        (Selector::all().serial([serial("S2")]), false, true),
        (Selector::all().tag(["lab", "x"]), true, true),
        (Selector::all().tag(["x"]), false, false),
        (Selector::all().tag(["lab"]).family([DeviceFamily::Ipad]), true, false),
        (Selector::all().tag(["x"]).family([DeviceFamily::Ipad]), false, false),
    ];
    for (selector, of_ipad, of_bare) in cases {
        assert_eq!(
            (selector.selects(&ipad, &tags), selector.selects(&bare, &tags)),
            (of_ipad, of_bare),
            "{selector:?}"
        );
        let json = serde_json::to_string(&selector).unwrap();
        assert_eq!(serde_json::from_str::<Selector>(&json).unwrap(), selector);
    }
    assert!(serde_json::from_str::<Selector>(r#"{"families":["iPad"]}"#).is_err(), "a misspelt condition is not all");
}

/// ASG-5, ASG-7: the default exists and belongs to the token; so does every other profile. Everything that is wrong is told at once.
#[test]
fn the_default_belongs_to_the_token() {
    let profiles = profiles();
    let base = AssignmentRules::new(token("CK"));
    assert!(base.clone().default_profile(name("P1")).with_profiles(&profiles).is_ok());
    let error = base.clone().default_profile(name("GONE")).with_profiles(&profiles).unwrap_err();
    assert_eq!(error.problems, [RulesProblem::DefaultProfileUnknown { profile: name("GONE") }]);
    let error = base.clone().default_profile(name("OTHER")).with_profiles(&profiles).unwrap_err();
    assert_eq!(error.problems, [RulesProblem::DefaultProfileOfOtherToken { profile: name("OTHER") }]);
    let wrong = base
        .rule(Rule::new("a", name("P1"), Selector::all()))
        .rule(Rule::new("b", name("OTHER"), Selector::all()))
        .choose(serial("S1"), name("GONE"))
        .default_profile(name("GONE"));
    let error = wrong.with_profiles(&profiles).unwrap_err();
    let expected = [
        RulesProblem::ProfileUnknown { place: RulePlace::Choice(serial("S1")), profile: name("GONE") },
        RulesProblem::ProfileOfOtherToken { place: RulePlace::Rule(1, "b".into()), profile: name("OTHER") },
        RulesProblem::DefaultProfileUnknown { profile: name("GONE") },
    ];
    assert_eq!(error.problems, expected);
    assert!(error.to_string().contains("rule 1 (\"b\") names the profile"), "{error}");
}

/// ASG-2: from the profile or from the list of serial numbers, it is the same plan.
#[test]
fn both_ways_give_the_same_plan() {
    let serials = ["S1", "S2", "S3"].map(serial);
    let base = AssignmentRules::new(token("CK")).default_profile(name("P3"));
    let from_profile = base.clone().assign_to(&name("P1"), serials.clone());
    let from_list = serials.iter().rev().fold(base.clone(), |rules, serial| rules.choose(serial.clone(), name("P1")));
    let devices: Vec<_> = ["S1", "S2", "S3", "S4"].map(|text| (device(text, None), Known::new())).into();
    let plans = [plan(&from_profile, &devices), plan(&from_list, &devices)];
    assert_eq!(plans[0], plans[1]);
    assert_eq!(plans[0].groups()[0].devices, BTreeSet::from(serials));
    assert_ne!(plans[0], plan(&base, &devices));
}

/// ASG-3: unassigned, all, or by profile; a profile that is called `all` is not the filter.
#[test]
fn filters() {
    let devices = [
        device("NONE", None),
        with_profile(device("EMPTY", None), ProfileStatus::Empty, Some("U1")),
        with_profile(device("TAKEN", None), ProfileStatus::Removed, Some("U1")),
        with_profile(device("HAS1", None), ProfileStatus::Assigned, Some("U1")),
        with_profile(device("HASALL", None), ProfileStatus::Pushed, Some("UA")),
    ];
    let rules = AssignmentRules::new(token("CK")).default_profile(name("P3"));
    let profiles = profiles();
    let cases: [(DeviceFilter, &[&str]); 5] = [
        (DeviceFilter::All, &["EMPTY", "HAS1", "HASALL", "NONE", "TAKEN"]),
        (DeviceFilter::Unassigned, &["EMPTY", "NONE", "TAKEN"]),
        (DeviceFilter::Profile(name("P1")), &["HAS1"]),
        (DeviceFilter::Profile(name("all")), &["HASALL"]),
        (DeviceFilter::Profile(name("GONE")), &[]),
    ];
    for (filter, expected) in cases {
        let mut planner = Planner::new(rules.with_profiles(&profiles).unwrap()).with_filter(filter.clone());
        for device in &devices {
            planner.add(device, &Known::new());
        }
        let plan = planner.finish();
        let serials: Vec<&str> = plan.groups().iter().flat_map(|g| &g.devices).map(SerialNumber::as_str).collect();
        assert_eq!(serials.into_iter().collect::<BTreeSet<_>>(), expected.iter().copied().collect(), "{filter:?}");
        assert_eq!(serde_json::from_str::<DeviceFilter>(&serde_json::to_string(&filter).unwrap()).unwrap(), filter);
    }
}

/// Only the state counts: what is right is left alone, what was taken away or came back is assigned again. ASG-1: what no rule is for is
/// reported.
#[test]
fn wanted_against_reported() {
    let wanted = AssignmentRules::new(token("CK")).rule(Rule::new("mine", name("P1"), Selector::all().tag(["mine"])));
    let mine = || Known::new().tag("mine");
    let mut gone = device("S1", None);
    gone.op_type = Some(OpType::Deleted);
    let mut moved = device("S1", None);
    moved.response_status = Some(DeviceStatus::NotAccessible);
    let odd = ProfileStatus::from("unheard-of");
    let has = |status: ProfileStatus, uuid: Option<&str>| with_profile(device("S1", None), status, uuid);
    let cases = [
        (has(ProfileStatus::Assigned, Some("U1")), mine(), Planned::Unchanged),
        (has(ProfileStatus::Pushed, Some("U1")), mine(), Planned::Unchanged),
        (has(odd, Some("U1")), mine(), Planned::Unchanged),
        (has(ProfileStatus::Removed, Some("U1")), mine(), Planned::Assign),
        (has(ProfileStatus::Removed, None), mine(), Planned::Assign),
        (has(ProfileStatus::Empty, None), mine(), Planned::Assign),
        // Seen in the field: assigned, and no profile is named.
        (has(ProfileStatus::Assigned, None), mine(), Planned::Assign),
        (has(ProfileStatus::Pushed, Some("U3")), mine(), Planned::Assign),
        (has(ProfileStatus::Pushed, Some("U3")), Known::new(), Planned::NotCovered),
        (has(ProfileStatus::Empty, None), Known::new(), Planned::NoProfile),
        (gone, mine(), Planned::NotHere),
        (moved, mine(), Planned::NotHere),
    ];
    let profiles = profiles();
    for (device, known, expected) in cases {
        let mut planner = Planner::new(wanted.with_profiles(&profiles).unwrap());
        assert_eq!(planner.add(&device, &known), expected, "{device:?}");
        let plan = planner.finish();
        assert_eq!(plan.devices(), usize::from(expected == Planned::Assign));
        let reports: Vec<String> = plan.no_profile().map(|report| report.to_string()).collect();
        assert_eq!(reports.len(), usize::from(expected == Planned::NoProfile));
        assert!(reports.iter().all(|report| report.starts_with("S1 has no profile and cannot enroll")));
    }
    // Of a device that comes twice, the last counts.
    let mut planner = Planner::new(wanted.with_profiles(&profiles).unwrap());
    planner.add(&has(ProfileStatus::Empty, None), &mine());
    planner.add(&has(ProfileStatus::Assigned, Some("U1")), &mine());
    let plan = planner.finish();
    assert_eq!((plan.devices(), plan.unchanged()), (0, 1));
}

/// ASG-9: now, with a migration, or after a wipe.
#[test]
fn effects() {
    let rules = AssignmentRules::new(token("CK")).default_profile(name("P1"));
    let pushed = || with_profile(device("S1", None), ProfileStatus::Pushed, Some("U3"));
    let fresh = || with_profile(device("S1", None), ProfileStatus::Empty, None);
    let mut migrating = pushed();
    migrating.mdm_migration_deadline = Some(DateTime::<Utc>::UNIX_EPOCH);
    let cases = [
        (fresh(), Known::new(), AssignEffect::Now),
        (pushed(), Known::new(), AssignEffect::AfterWipe),
        (pushed(), Known::new().activated(false), AssignEffect::Now),
        (fresh(), Known::new().activated(true), AssignEffect::AfterWipe),
        (fresh(), Known::new().enrolled(Enrolled::Automatically), AssignEffect::AfterWipe),
        (fresh(), Known::new().enrolled(Enrolled::No), AssignEffect::Now),
        (migrating, Known::new().enrolled(Enrolled::No), AssignEffect::WithMigration),
    ];
    for (device, known, expected) in cases {
        let plan = plan(&rules, &[(device, known.clone())]);
        assert_eq!(plan.groups()[0].effect, expected, "{known:?}");
        assert!(plan.to_string().contains(&expected.to_string()));
    }
}

/// SHI-4, SHI-3; DEV-10, ASG-8: what would do harm waits for a decision, and the rest goes on.
#[test]
fn hazards_wait_for_a_decision() {
    let shared = AssignmentRules::new(token("CK")).default_profile(name("P2"));
    let version = |text: &str| Known::new().os_version(text.parse().unwrap());
    let ipad = || device("S1", Some(DeviceFamily::Ipad));
    let too_old = Hazard::SharedIpadTooOld { version: "13.3".parse().unwrap(), least: "13.4".parse().unwrap() };
    let iphone = Hazard::SharedIpadNotIpad { family: Some(DeviceFamily::Iphone) };
    let cases = [
        (ipad(), Known::new(), vec![]),
        (ipad(), version("13.4"), vec![]),
        (ipad(), version("13.3"), vec![too_old]),
        (device("S1", Some(DeviceFamily::Iphone)), version("17.0"), vec![iphone]),
        (device("S1", None), Known::new(), vec![Hazard::SharedIpadNotIpad { family: None }]),
        (ipad(), Known::new().enrolled(Enrolled::ByUser), vec![Hazard::WillUnenroll]),
        (ipad(), Known::new().enrolled(Enrolled::Automatically), vec![]),
        (ipad(), Known::new().enrolled(Enrolled::No), vec![]),
    ];
    for (device, known, expected) in cases {
        let rest = (self::device("S2", Some(DeviceFamily::Ipad)), Known::new());
        let plan = plan(&shared, &[(device, known.clone()), rest]);
        let hazards: Vec<Hazard> = plan.open_hazards().flat_map(|group| group.hazards.clone()).collect();
        assert_eq!(hazards, expected, "{known:?}");
        if expected.is_empty() {
            assert_eq!(plan.approve().unwrap().devices(), 2);
            continue;
        }
        let undecided = plan.clone().approve().unwrap_err();
        assert_eq!((undecided.devices, &*undecided.plan), (1, &plan));
        let withheld = plan.clone().withhold_hazards();
        let names: Vec<&str> = withheld.withheld().map(|(serial, _)| serial.as_str()).collect();
        assert_eq!((names, withheld.devices()), (vec!["S1"], 1));
        let mut asked = 0;
        let confirmed = plan.clone().decide(|group| {
            asked += 1;
            assert_eq!(group.hazards, expected);
            HazardDecision::Confirm
        });
        assert_eq!((asked, confirmed.devices(), confirmed.withheld().count()), (1, 2, 0));
        // Stored, it stays decided; what is not cannot be carried out.
        assert_eq!(ApprovedPlan::from_json(&confirmed.to_json()).unwrap(), confirmed);
        assert!(matches!(ApprovedPlan::from_json(&plan.to_json()), Err(StateError::NotApproved { undecided: 1 })));
    }
    // In a school, older iPads can be shared; other profiles ask nothing of a device.
    let old = ipad();
    let school = DefinedProfile::new(token("CK"), "U5".parse().unwrap()).shared_ipad_in_school();
    assert_eq!(Hazard::all(&school, &old, &version("12.0")), []);
    assert_eq!(Hazard::all(&DefinedProfile::new(token("CK"), "U5".parse().unwrap()), &old, &version("12.0")), []);
    let mut wire = apple_ade::api::profile::Profile::default();
    wire.is_multi_user = Some(true);
    let of = |wire: &apple_ade::api::profile::Profile| DefinedProfile::of(token("CK"), "U5".parse().unwrap(), wire);
    assert!(of(&wire).is_shared_ipad());
    wire.is_multi_user = Some(false);
    assert!(!of(&wire).is_shared_ipad());
    // A plan without a hazard is not approved because it was stored.
    let harmless = plan(&AssignmentRules::new(token("CK")).default_profile(name("P1")), &[(ipad(), Known::new())]);
    assert!(matches!(ApprovedPlan::from_json(&harmless.to_json()), Err(StateError::NotApproved { undecided: 0 })));
}

/// A stored approval is one only where it is read as one.
#[test]
fn decisions_do_not_outlive_their_plan() {
    let rules = AssignmentRules::new(token("CK")).default_profile(name("P1"));
    let hurt = plan(
        &rules,
        &[(device("S1", None), Known::new().enrolled(Enrolled::ByUser)), (device("S2", None), Known::new())],
    );
    let confirmed = hurt.clone().decide(|_| HazardDecision::Confirm);
    let json = confirmed.to_json();
    // Whoever reads it as a plan is asked again.
    for again in [AssignmentPlan::from_json(&json).unwrap(), serde_json::from_str(&json).unwrap()] {
        assert_eq!(again, hurt);
        assert_eq!(again.clone().approve().unwrap_err().devices, 1);
        assert_eq!(again.withhold_hazards().devices(), 1);
    }
    assert_eq!(ApprovedPlan::from_json(&json).unwrap(), confirmed);
    // So is whoever withholds it after all.
    let withheld = confirmed.plan().clone().withhold_hazards();
    assert_eq!((withheld.devices(), withheld.withheld().count()), (1, 1));

    // What somebody has written to be withheld is, also where there was nothing to decide.
    let text = json.replace(r#""effect":"now","#, r#""effect":"now","decision":"withhold","#);
    assert_ne!(text, json);
    let written = ApprovedPlan::from_json(&text).unwrap();
    assert_eq!((written.devices(), written.withheld().count()), (1, 1));
    assert_eq!(AssignmentPlan::from_json(&text).unwrap().withhold_hazards().devices(), 0);

    // A device is in one group.
    let twice = json.replace(r#""devices":["S2"]"#, r#""devices":["S1","S2"]"#);
    assert_ne!(twice, json);
    for error in [AssignmentPlan::from_json(&twice).unwrap_err(), ApprovedPlan::from_json(&twice).unwrap_err()] {
        assert!(error.to_string().contains("the device S1 is in two groups"), "{error}");
    }
}

/// Rules that people have written: spelling does not matter, and what says nothing is not everything.
#[test]
fn rules_from_outside() {
    let token = token("CK").to_string();
    let json = |rest: &str| AssignmentRules::from_json(&format!(r#"{{"version":1,"token":"{token}",{rest}}}"#));
    let when = |when: &str| json(&format!(r#""rules":[{{"name":"a","profile":"P1","when":{{{when}}}}}]"#));
    let selected = |rules: &AssignmentRules| {
        let mut ipad = device("S1", Some(DeviceFamily::Ipad));
        ipad.model = Some("iPad Air".to_owned());
        ipad.os = Some(Os::IpadOs);
        rules.with_profiles(&profiles()).unwrap().resolve(&ipad, &BTreeSet::new()).name().is_some()
    };
    for typed in [
        r#""family":["ipad"]"#,
        r#""family":[" IPAD "]"#,
        r#""serial":[" s1 "]"#,
        r#""os":["ipados"]"#,
        r#""model":["ipad air"]"#,
    ] {
        assert!(selected(&when(typed).unwrap()), "{typed}");
    }
    assert!(selected(&json(r#""choices":{" s1 ":"P1"}"#).unwrap()));
    assert!(!selected(&when(r#""family":["Watch"]"#).unwrap()));
    let kept = when(r#""family":["Watch"]"#).unwrap().to_json();
    assert!(kept.contains(r#""Watch""#), "{kept}");
    for condition in ["family", "model", "os", "serial", "tag"] {
        let error = when(&format!(r#""{condition}":null"#)).unwrap_err().to_string();
        assert!(error.contains("null"), "{condition}: {error}");
    }
    for twice in [r#""choices":{"S1":"P1","S1":"P3"}"#, r#""choices":{"S1":"P1","s1":"P3"}"#] {
        let error = json(twice).unwrap_err().to_string();
        assert!(error.contains("is there twice"), "{error}");
    }
    // However many choices are wrong, the text stays short.
    let many = (0..2_000).fold(AssignmentRules::new(self::token("CK")), |rules, number| {
        rules.choose(serial(&format!("S{number}")), name("GONE"))
    });
    let profiles = profiles();
    let error = many.with_profiles(&profiles).unwrap_err();
    assert_eq!(error.problems.len(), 2_000);
    let text = error.to_string();
    assert!(text.ends_with("; and 1990 more") && text.len() < 2_000, "{text}");
    assert!(text.starts_with("the choice for S0 names the profile \"GONE\", which"), "{text}");
}

/// A plan with something of everything.
fn whole_plan() -> AssignmentPlan {
    let rules = AssignmentRules::new(token("CK"))
        .rule(Rule::new("shared iPads of the library and of the hall, and of whoever else asks for one", name("P2"), {
            Selector::all().tag(["shared"])
        }))
        .rule(Rule::new("ipads", name("P1"), Selector::all().family([DeviceFamily::Ipad])))
        .choose(serial("CHOSEN"), name("P1"));
    let ipad = |text: &str| device(text, Some(DeviceFamily::Ipad));
    let mut devices = vec![(ipad("CHOSEN"), Known::new().activated(true)), (device("LOST1", None), Known::new())];
    devices.extend((0..1204).map(|number| (ipad(&format!("IPAD{number}")), Known::new())));
    devices.extend(
        (0..7)
            .map(|number| (device(&format!("PHONE{number}"), Some(DeviceFamily::Iphone)), Known::new().tag("shared"))),
    );
    devices.push((ipad("USERS"), Known::new().enrolled(Enrolled::ByUser)));
    devices.push((with_profile(ipad("RIGHT"), ProfileStatus::Pushed, Some("U1")), Known::new()));
    plan(&rules, &devices)
}

/// For people, in 100 columns.
#[test]
fn a_plan_can_be_read() {
    let plan = whole_plan();
    let expected = "\
1,205 devices are given a profile, 8 waiting for a decision
  P1 (U1)
           1  chosen for the device; takes effect after a wipe
       1,204  rule \"ipads\"; takes effect now
  !        1  rule \"ipads\"; takes effect after a wipe
              enrolled by its user before, which this ends
              USERS
  P2 (U2)
  !        7  rule \"shared iPads of the library and of the hall, and of whoever e…; takes effect now
              a Shared iPad profile on iPhone: it has to be wiped to get out of it
              PHONE0, PHONE1, PHONE2, PHONE3, PHONE4 and 2 more
  no profile, and no rule gives them one: 1, which cannot enroll
              LOST1
  left alone: 1 as they should be
";
    assert_eq!(plan.to_string(), expected);
    assert!(expected.lines().all(|line| line.chars().count() <= 100));
    let withheld = plan.withhold_hazards().to_string();
    assert!(withheld.starts_with("1,205 devices are given a profile, 8 withheld\n"), "{withheld}");
    assert!(withheld.contains("takes effect after a wipe; withheld\n") && !withheld.contains('!'), "{withheld}");
    assert!(withheld.lines().all(|line| line.chars().count() <= 100));
}

/// Whatever the size of the parts: each has at most so many devices, together they are the plan, and what is not carried out is told once.
#[test]
fn a_plan_is_carried_out_in_parts() {
    let rules = AssignmentRules::new(token("CK"))
        .rule(Rule::new("iPads", name("P2"), Selector::all().family([DeviceFamily::Ipad, DeviceFamily::Iphone])))
        .rule(Rule::new("Macs", name("P3"), Selector::all().family([DeviceFamily::Mac])));
    let mut devices = Vec::new();
    for number in 0..7 {
        devices.push((device(&format!("IPAD{number}"), Some(DeviceFamily::Ipad)), Known::new()));
        devices.push((device(&format!("MAC{number}"), Some(DeviceFamily::Mac)), Known::new()));
    }
    // An iPhone cannot carry a profile for Shared iPads, and a TV has none.
    devices.push((device("PHONE", Some(DeviceFamily::Iphone)), Known::new()));
    devices.push((device("TV", Some(DeviceFamily::AppleTv)), Known::new()));
    let whole = plan(&rules, &devices).withhold_hazards();
    let carried = |plan: &ApprovedPlan| -> BTreeSet<(SerialNumber, ProfileName)> {
        let of = |group: &PlanGroup| {
            group.devices.iter().map(|serial| (serial.clone(), group.profile.clone())).collect::<Vec<_>>()
        };
        plan.groups().flat_map(of).collect()
    };
    let all = carried(&whole);
    assert_eq!((all.len(), whole.withheld().count(), whole.no_profile().count()), (14, 1, 1));
    for (most, sizes) in
        [(0, vec![1; 14]), (1, vec![1; 14]), (5, vec![5, 5, 4]), (7, vec![7, 7]), (14, vec![14]), (99, vec![14])]
    {
        let parts = whole.clone().into_parts(most);
        assert_eq!(parts.iter().map(ApprovedPlan::devices).collect::<Vec<_>>(), sizes, "{most}");
        assert_eq!(parts.iter().flat_map(carried).collect::<BTreeSet<_>>(), all);
        let told = parts.iter().map(|part| (part.withheld().count(), part.no_profile().count()));
        assert_eq!(told.fold((0, 0), |(a, b), (c, d)| (a + c, b + d)), (1, 1));
        assert_eq!((parts[0].withheld().count(), parts[0].no_profile().count()), (1, 1));
        for part in parts {
            assert_eq!(ApprovedPlan::from_json(&part.to_json()).unwrap(), part);
        }
    }
    let nothing = plan(&rules, &[]).withhold_hazards();
    assert_eq!(nothing.clone().into_parts(5), [nothing]);
}
