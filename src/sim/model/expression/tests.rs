//! The language as a table: every operator and alias, precedence, errors with their place, and the way there and back.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

/// One instance that every case looks at.
struct Instance;

impl Subject for Instance {
    fn attribute(&self, name: &str) -> Option<Option<&str>> {
        match name {
            "ecs.instance-type" => Some(Some("t3.large")),
            "ecs.availability-zone" => Some(Some("us-east-1a")),
            "rack" => Some(Some("10")),
            "firmware" => Some(Some("1.10.3")),
            "owner" => Some(Some("web team")),
            "flag" => Some(None),
            _ => None,
        }
    }

    fn agent_connected(&self) -> bool {
        true
    }

    fn agent_version(&self) -> Option<&str> {
        Some("1.89.2")
    }

    fn ec2_instance_id(&self) -> Option<&str> {
        Some("i-0abc")
    }

    fn registered_at_ms(&self) -> u64 {
        // 2026-03-01T12:00:00Z
        1_772_366_400_000
    }

    fn running_tasks_count(&self) -> u32 {
        3
    }

    fn any_task_group(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        ["service:web", "database"].into_iter().any(test)
    }
}

/// An instance of which nothing is known.
struct Stranger;

impl Subject for Stranger {
    fn attribute(&self, _name: &str) -> Option<Option<&str>> {
        None
    }

    fn agent_connected(&self) -> bool {
        false
    }

    fn agent_version(&self) -> Option<&str> {
        None
    }

    fn ec2_instance_id(&self) -> Option<&str> {
        None
    }

    fn registered_at_ms(&self) -> u64 {
        0
    }

    fn running_tasks_count(&self) -> u32 {
        0
    }

    fn any_task_group(&self, _test: &mut dyn FnMut(&str) -> bool) -> bool {
        false
    }
}

fn parse(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn check(cases: &[(&str, bool)]) {
    for (text, expected) in cases {
        let expression = parse(text);
        assert_eq!(expression.matches(&Instance), *expected, "{text}");
        assert_eq!(expression.first_failing(&Instance).is_none(), *expected, "{text}");
        assert_eq!(parse(&expression.to_string()), expression, "{text}");
    }
}

#[test]
fn section_3_4_every_operator_and_every_alias_on_an_attribute() {
    check(&[
        ("attribute:rack == 10", true),
        ("attribute:rack equals 11", false),
        ("attribute:rack == 10.0", false),
        ("attribute:rack != 11", true),
        ("attribute:rack not_equals 10", false),
        ("attribute:rack > 9", true),
        ("attribute:rack greater_than 10", false),
        ("attribute:rack > 9.5", true),
        ("attribute:rack >= 10", true),
        ("attribute:rack greater_than_equal 11", false),
        ("attribute:rack < 11", true),
        ("attribute:rack less_than 10", false),
        ("attribute:rack <= 10", true),
        ("attribute:rack less_than_equal 9", false),
        ("attribute:rack exists", true),
        ("attribute:flag exists", true),
        ("attribute:gone exists", false),
        ("attribute:gone !exists", true),
        ("attribute:rack not_exists", false),
        ("attribute:rack in [9, 10]", true),
        ("attribute:rack in [9]", false),
        ("attribute:rack !in [9]", true),
        ("attribute:rack not_in [9, '10']", false),
        ("attribute:ecs.instance-type =~ t3.*", true),
        ("attribute:ecs.instance-type matches t2.*", false),
        ("attribute:ecs.instance-type !~ t2.*", true),
        ("attribute:ecs.instance-type not_matches t3.*", false),
    ]);
}

#[test]
fn section_3_4_numbers_versions_and_words_order_as_such() {
    check(&[
        ("attribute:firmware > 1.9.9", true),
        ("attribute:firmware < 1.10.12", true),
        ("attribute:ecs.availability-zone < us-east-1b", true),
        ("attribute:ecs.availability-zone > us-east-1b", false),
        ("agentVersion > 1.9.0", true),
        ("agentVersion greater_than_equal 1.89.2", true),
        ("agentVersion < 1.100.0", true),
        ("agentVersion <= 1.89", false),
        ("agentVersion == 1.89.2.0", true),
        ("agentVersion != 1.89.2", false),
    ]);
}

#[test]
fn section_3_4_the_other_subjects() {
    check(&[
        ("agentConnected == true", true),
        ("agentConnected == false", false),
        ("agentConnected in [true]", true),
        ("agentConnected =~ t.*", true),
        ("ec2InstanceId in ['i-0abc', 'i-0def']", true),
        ("ec2InstanceId !~ i-0a.*", false),
        ("ec2InstanceId == \"i-0abc\"", true),
        ("registeredAt < 2026-03-02", true),
        ("registeredAt < 2026-03-01", false),
        ("registeredAt == 2026-03-01T12:00:00", true),
        ("registeredAt == 2026-03-01T12:00:00Z", true),
        ("registeredAt == 2026-03-01T14:00:00+02:00", true),
        ("registeredAt > 2026-03-01T12:00:00-00:30", false),
        ("runningTasksCount == 3", true),
        ("runningTasksCount > 3", false),
        ("task:group == service:web", true),
        ("task:group == service:we", false),
        ("task:group != database", false),
        ("task:group in [cache, database]", true),
        ("task:group !in [cache]", true),
        ("task:group =~ service:.*", true),
        ("task:group !~ cache.*", true),
        ("task:group exists", true),
        ("task:group !exists", false),
        ("task:group > service:a", true),
    ]);
}

#[test]
fn section_3_4_joints_and_their_precedence() {
    check(&[
        ("not attribute:gone exists", true),
        ("!attribute:rack exists", false),
        ("not not attribute:rack exists", true),
        ("not(task:group == database)", false),
        ("runningTasksCount==3&&attribute:rack==10", true),
        ("runningTasksCount==1||attribute:rack==10", true),
        // `and` binds tighter than `or`.
        ("runningTasksCount == 3 or runningTasksCount == 1 and attribute:gone exists", true),
        ("(runningTasksCount == 3 or runningTasksCount == 1) and attribute:gone exists", false),
        // `not` binds tighter than `and`.
        ("not attribute:gone exists and runningTasksCount == 1", false),
        ("not (attribute:gone exists and runningTasksCount == 1)", true),
        ("attribute:ecs.instance-type =~ t3.* and task:group == service:web", true),
    ]);
}

#[test]
fn section_3_4_patterns_match_the_whole_text_and_may_stand_bare() {
    check(&[
        ("attribute:ecs.instance-type =~ t3", false),
        ("attribute:ecs.instance-type =~ t2|t3.large", true),
        ("(attribute:ecs.instance-type =~ (t2|t3).*)", true),
        ("attribute:ecs.instance-type =~ t[2-4(].large", true),
        ("attribute:ecs.instance-type =~ 't\\d\\.[a-z]+'", true),
        ("attribute:ecs.instance-type =~ t\\d\\.large", true),
        ("attribute:ecs.instance-type =~ (?i)T3.LARGE", true),
        ("attribute:owner =~ 'web .*'", true),
        ("attribute:owner == 'web team'", true),
        ("attribute:owner == \"it's\"", false),
    ]);
}

#[test]
fn section_3_4_what_is_missing_equals_nothing() {
    for (text, expected) in [
        ("attribute:rack == 10", false),
        ("attribute:rack != 10", true),
        ("attribute:rack > 1", false),
        ("attribute:rack < 1", false),
        ("attribute:rack !in [10]", true),
        ("attribute:rack =~ .*", false),
        ("attribute:rack !~ .*", true),
        ("agentVersion < 9", false),
        ("agentVersion != 9", true),
        ("ec2InstanceId =~ .*", false),
        ("task:group !exists", true),
        ("agentConnected == false", true),
    ] {
        assert_eq!(parse(text).matches(&Stranger), expected, "{text}");
    }
}

#[test]
fn the_smallest_false_part_is_named() {
    for (text, expected) in [
        ("attribute:rack == 10 and runningTasksCount < 3 and agentConnected == false", "runningTasksCount < 3"),
        ("attribute:rack==10 && (agentConnected==true && ec2InstanceId==i-1)", "ec2InstanceId == i-1"),
        ("attribute:a exists || attribute:b exists", "attribute:a exists or attribute:b exists"),
        ("not (attribute:rack exists or attribute:b exists)", "not (attribute:rack exists or attribute:b exists)"),
        ("attribute:owner == 'data team'", "attribute:owner == 'data team'"),
    ] {
        assert_eq!(parse(text).first_failing(&Instance).as_deref(), Some(expected));
    }
}

#[test]
fn errors_say_where_and_what() {
    let cases = [
        "",
        "rack == 10",
        "attribute: == 1",
        "attribute:rack",
        "attribute:rack is 10",
        "attribute:rack ==",
        "attribute:rack == 10 and",
        "attribute:rack == 10 AND agentConnected == true",
        "attribute:rack == 10)",
        "(attribute:rack == 10",
        "attribute:rack in 10",
        "attribute:rack in []",
        "attribute:rack in [1, 2",
        "attribute:rack in [1 2]",
        "attribute:owner == 'web",
        "attribute:rack =~ [",
        "attribute:rack =~ (?=x)y",
        "attribute:rack =~ x{",
        "runningTasksCount == many",
        "runningTasksCount exists",
        "agentVersion =~ 1.*",
        "agentVersion < new",
        "agentConnected > true",
        "ec2InstanceId !exists",
        "registeredAt < 2026-02-30",
        "registeredAt < yesterday",
        "attribute:ä == ö or ü",
    ];
    let mut table = String::new();
    for text in cases {
        let error = Expression::parse(text).expect_err(text);
        table += &format!("{text}\n{:>1$}\n", format!("^ {error}"), error.position + 2 + error.to_string().chars().count());
    }
    error_table().assert_eq(&table);
}

fn error_table() -> Expect {
    expect![[r#"

        ^ expected a subject, found the end at character 1
        rack == 10
        ^ unknown subject 'rack' (known: agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount, task:group) at character 1
        attribute: == 1
                  ^ expected the name of an attribute at character 11
        attribute:rack
                      ^ expected an operator, found the end at character 15
        attribute:rack is 10
                       ^ expected an operator, found 'is' at character 16
        attribute:rack ==
                         ^ expected a value, found the end at character 18
        attribute:rack == 10 and
                                ^ expected a subject, found the end at character 25
        attribute:rack == 10 AND agentConnected == true
                             ^ expected 'and', 'or' or the end, found 'AND' at character 22
        attribute:rack == 10)
                            ^ expected 'and', 'or' or the end, found ')' at character 21
        (attribute:rack == 10
                             ^ expected 'and', 'or' or ')', found the end at character 22
        attribute:rack in 10
                          ^ expected '[', found '10' at character 19
        attribute:rack in []
                           ^ expected a value, found ']' at character 20
        attribute:rack in [1, 2
                               ^ expected ',' or ']', found the end at character 24
        attribute:rack in [1 2]
                             ^ expected ',' or ']', found '2' at character 22
        attribute:owner == 'web
                           ^ this quote is never closed at character 20
        attribute:rack =~ [
                          ^ '[' is not a pattern that is understood (found unclosed character class) at character 19
        attribute:rack =~ (?=x)y
                          ^ '(?=x)y' is not a pattern that is understood (look-around is not supported) at character 19
        attribute:rack =~ x{
                          ^ 'x{' is not a pattern that is understood (found unclosed counted repetition operator) at character 19
        runningTasksCount == many
                             ^ expected a whole number, found 'many' at character 22
        runningTasksCount exists
                          ^ this operator does not go with this subject at character 19
        agentVersion =~ 1.*
                     ^ this operator does not go with this subject at character 14
        agentVersion < new
                       ^ expected a version such as 1.89.2, found 'new' at character 16
        agentConnected > true
                       ^ this operator does not go with this subject at character 16
        ec2InstanceId !exists
                      ^ this operator does not go with this subject at character 15
        registeredAt < 2026-02-30
                       ^ expected a date such as 2018-06-18 or 2018-06-18T22:28:28Z, found '2026-02-30' at character 16
        registeredAt < yesterday
                       ^ expected a date such as 2018-06-18 or 2018-06-18T22:28:28Z, found 'yesterday' at character 16
        attribute:ä == ö or ü
                            ^ unknown subject 'ü' (known: agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount, task:group) at character 21
    "#]]
}

#[test]
fn section_3_4_length_depth_and_names_are_bounded() {
    let long = format!("attribute:a == {}", "x".repeat(1985));
    assert_eq!(long.chars().count(), Expression::MAX_CHARS);
    assert!(Expression::parse(&long).is_ok());
    let error = Expression::parse(&(long + "x")).unwrap_err();
    assert_eq!(error.position, Expression::MAX_CHARS);

    let nested = |depth| format!("{}agentConnected == true{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&nested(50)).is_ok());
    assert_eq!(Expression::parse(&nested(51)).unwrap_err().position, 50);

    let named = |length| format!("attribute:{} exists", "n".repeat(length));
    assert!(Expression::parse(&named(128)).is_ok());
    assert_eq!(Expression::parse(&named(129)).unwrap_err().position, 10);
}

fn any_value() -> impl Strategy<Value = Rc<str>> {
    prop_oneof!["[a-z0-9.:/_-]{1,8}", "[a-z ()\\[\\],=!<>&|']{0,8}", "[ \"~a]{0,4}"].prop_map(Rc::from)
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof!["[a-z.*]{0,1}[a-z.]{1,6}", "\\([a-z]{1,3}\\|[a-z' ]{1,3}\\)", "\\[[a-z)(]{1,3}\\]x"]
        .prop_filter_map("a pattern", |source| Pattern::parse(&source).ok())
}

fn any_relation() -> impl Strategy<Value = Relation> {
    prop::sample::select(vec![
        Relation::Equal,
        Relation::NotEqual,
        Relation::Greater,
        Relation::GreaterEqual,
        Relation::Less,
        Relation::LessEqual,
    ])
}

fn any_text_test() -> impl Strategy<Value = TextTest> {
    let values = || prop::collection::vec(any_value(), 1..4);
    prop_oneof![
        Just(TextTest::Exists),
        Just(TextTest::NotExists),
        (any_relation(), any_value()).prop_map(|(relation, value)| TextTest::Compare(relation, value)),
        values().prop_map(TextTest::In),
        values().prop_map(TextTest::NotIn),
        any_pattern().prop_map(TextTest::Matches),
        any_pattern().prop_map(TextTest::NotMatches),
    ]
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let date = |(month, day): (u32, u32)| Date::parse(&format!("2026-{month:02}-{day:02}")).unwrap();
    let version = |(major, minor): (u32, u32)| Version::parse(&format!("{major}.{minor}")).unwrap();
    prop_oneof![
        ("[a-z.-]{1,9}", any_text_test()).prop_map(|(name, test)| Condition::Attribute { name: name.into(), test }),
        any_text_test().prop_map(Condition::TaskGroup),
        any_value().prop_map(|id| Condition::Ec2InstanceId(TextTest::Compare(Relation::Equal, id))),
        any_pattern().prop_map(|pattern| Condition::AgentConnected(TextTest::Matches(pattern))),
        (any_relation(), (1..13_u32, 1..29_u32).prop_map(date))
            .prop_map(|(relation, date)| Condition::RegisteredAt(relation, date)),
        (any_relation(), (0..9_u32, 0..200_u32).prop_map(version))
            .prop_map(|(relation, version)| Condition::AgentVersion(relation, version)),
        (any_relation(), any::<u32>()).prop_map(|(relation, count)| Condition::RunningTasksCount(relation, count)),
    ]
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = any_condition().prop_map(Expression::Condition);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts().prop_map(Expression::And),
            parts().prop_map(Expression::Or),
            inner.clone().prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(expression in any_expression()) {
        let printed = expression.to_string();
        prop_assume!(printed.chars().count() <= Expression::MAX_CHARS);
        prop_assert_eq!(Expression::parse(&printed), Ok(expression), "{}", printed);
    }

    #[test]
    fn no_text_makes_the_parser_stumble(text in "([a-z:!=~<>()\\[\\]', \"\\\\|&]|attribute:|exists| and | or |not ){0,20}") {
        let length = text.chars().count();
        match Expression::parse(&text) {
            Ok(expression) => {
                prop_assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
            }
            Err(error) => prop_assert!(error.position <= length, "{}", error),
        }
    }
}
