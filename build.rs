//! Turns the course's TOML files into JSON for the page, which then needs no TOML reader.

use std::path::Path;
use std::{env, fs};

fn main() {
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("course");
    println!("cargo::rerun-if-changed=static/course");
    convert(Path::new("static/course"), &out);
}

fn convert(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the output folder can be made");
    for entry in fs::read_dir(from).expect("the course is there").flatten() {
        let path = entry.path();
        let name = path.file_name().expect("a listed file has a name");
        if path.is_dir() {
            convert(&path, &to.join(name));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).expect("the file can be read");
            let value: toml::Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let json = serde_json::to_string(&value).expect("TOML without dates is JSON");
            fs::write(to.join(name).with_extension("json"), json).expect("the output can be written");
        }
    }
}
