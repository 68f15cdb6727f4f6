//! One named test for each folder of runs.

/// One test for each folder of `tests/KIND/`, and one that none is forgotten.
macro_rules! folders {
    ($kind:ident, $check:ident: $($name:ident)*) => {
        $(#[test]
        fn $name() {
            $check(stringify!($name));
        })*

        #[test]
        fn every_folder_is_a_test() {
            assert_eq!(folders::names(stringify!($kind)), [$(stringify!($name)),*]);
        }
    };
}
