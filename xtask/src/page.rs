//! Turns the sources into `dist/`: the release wasm, its JavaScript, the style, the pictures and the course.
//!
//! The wasm is cut in two at the seam that `ui::later` marks: what a page that is only looked at needs, and the rest.
//!
//! Every address in the page is relative, so any static host can serve `dist/` from any sub-path. Files are named after
//! what is in them, so they may be kept for ever; only `index.html` and the course keep their names.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::fingerprint::{self, Fingerprint};
use crate::workspace::{self, WASM_TARGET};
use crate::{compress, tools};

const BINARY: &str = "ecs-playground";
/// The half of the page that comes with the first touch, as the cutter names it.
const LATER_WASM: &str = "split_later.wasm";
/// Loads it.
const SEAM_SCRIPT: &str = "seam.js";

/// What the page is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be served to people: optimised and compressed.
    Publish,
    /// To be looked at while it is being changed: quick to build, not compressed.
    Watch,
}

impl Purpose {
    fn profile(self) -> &'static str {
        match self {
            Purpose::Publish => "release",
            Purpose::Watch => "watch",
        }
    }
}

/// Builds the page, unless nothing has changed, and returns the folder it lies in.
pub fn build(purpose: Purpose) -> Result<PathBuf> {
    tools::ensure_wasm_target()?;
    let wasm = compile(purpose)?;
    let dist = workspace::root().join("dist");
    let stamp_file = workspace::target_dir()?.join("page.stamp");
    let stamp = stamp(purpose, &wasm)?;
    let is_fresh = fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) && dist.join("index.html").is_file();
    if !is_fresh {
        let _ = fs::remove_file(&stamp_file);
        assemble(purpose, &wasm, &dist)?;
        fs::write(&stamp_file, stamp)?;
    }
    Ok(dist)
}

fn compile(purpose: Purpose) -> Result<PathBuf> {
    let profile = purpose.profile();
    tools::run(
        "cargo build of the page",
        workspace::cargo().args(["rustc", "--profile", profile, "--target", WASM_TARGET, "--bin", BINARY]).args([
            "--",
            "-C",
            "link-arg=--emit-relocs",
        ]),
    )?;
    Ok(workspace::target_dir()?.join(WASM_TARGET).join(profile).join(format!("{BINARY}.wasm")))
}

/// Changes when the page would: with the wasm, with any static input and with this program.
fn stamp(purpose: Purpose, wasm: &Path) -> Result<String> {
    let this_program = fs::metadata(std::env::current_exe()?)?.modified()?.duration_since(UNIX_EPOCH)?;
    let mut stamp = Fingerprint::new()
        .with(purpose.profile().as_bytes())
        .with(&this_program.as_nanos().to_le_bytes())
        .with(&fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?);
    let mut inputs = files_under(&workspace::root().join("static"))?;
    inputs.push(workspace::root().join("index.html"));
    for input in inputs {
        stamp = stamp.with(input.as_os_str().as_encoded_bytes()).with(&fs::read(&input)?);
    }
    Ok(stamp.hex())
}

fn assemble(purpose: Purpose, wasm: &Path, dist: &Path) -> Result<()> {
    let root = workspace::root();
    let cut_into = workspace::target_dir()?.join("cut");
    let bound = bind(&cut(wasm, &cut_into)?, "app", &workspace::target_dir()?.join("page"))?;
    let mut page = Page::start(dist)?;
    for picture in pictures(&root.join("static"))? {
        page.add_named_by_content(&file_name(&picture), fs::read(&picture)?)?;
    }
    page.add_named_by_content("style.css", style(&root.join("static/style"))?)?;
    page.add_named_by_content("app_bg.wasm", fs::read(bound.join("app_bg.wasm"))?)?;
    page.add_named_by_content(LATER_WASM, without_custom_sections(&fs::read(cut_into.join(LATER_WASM))?)?)?;
    let scripts = [("app.js", bound.join("app.js")), (SEAM_SCRIPT, cut_into.join(SEAM_SCRIPT))];
    page.add_circle(scripts.map(|(name, file)| Ok((name, fs::read(file)?))).into_iter().collect::<Result<_>>()?)?;
    page.add_named_by_content("boot.js", fs::read(root.join("static/boot.js"))?)?;
    page.add("index.html", fs::read(root.join("index.html"))?)?;
    let course = root.join("static/course");
    for file in files_under(&course)? {
        let name = Path::new("course").join(file.strip_prefix(&course)?);
        page.add_verbatim(&name, &fs::read(&file)?)?;
    }
    if purpose == Purpose::Publish {
        compress::all(&page.written)?;
    }
    Ok(())
}

/// Cuts the wasm at its seam into `main.wasm` and [`LATER_WASM`], with [`SEAM_SCRIPT`] to load the latter, in the folder `into`.
/// Returns the path of the former.
fn cut(wasm: &Path, into: &Path) -> Result<PathBuf> {
    let input = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
    let main = into.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&input);
    (options.output_dir, options.main_out_path) = (into, &main);
    let (link_name, main_module) = (format!("./{SEAM_SCRIPT}"), "./app.js");
    (options.link_name, options.main_module) = (&link_name, main_module);
    wasm_split_cli_support::transform(options).map_err(|trouble| anyhow!("cutting the wasm: {trouble:?}"))?;
    Ok(main)
}

/// The module without names and whatever else no engine needs.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if let (Some((id, range)), false) = (payload.as_section(), matches!(payload, wasmparser::Payload::CustomSection(_))) {
            kept.section(&wasm_encoder::RawSection { id, data: &wasm[range.start as usize..range.end as usize] });
        }
    }
    Ok(kept.finish())
}

/// Runs wasm-bindgen, which leaves `NAME.js` and `NAME_bg.wasm` in the folder `bound`, and returns that folder.
pub fn bind(wasm: &Path, name: &str, bound: &Path) -> Result<PathBuf> {
    Bindgen::new()
        .input_path(wasm)
        .out_name(name)
        .web(true)?
        .omit_default_module_path(false)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The later half uses the table and the stack pointer of the first.
        .keep_lld_exports(true)
        .generate(bound)?;
    Ok(bound.to_owned())
}

/// All style sheets as one, in the order of their names.
fn style(dir: &Path) -> Result<Vec<u8>> {
    let mut sheet = Vec::new();
    for file in files_under(dir)? {
        sheet.extend(fs::read(&file)?);
    }
    Ok(sheet)
}

fn pictures(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = files_under(dir)?;
    found.retain(|file| file.parent() == Some(dir) && file.extension().is_some_and(|ext| ext == "svg"));
    Ok(found)
}

/// Every file below `dir`, sorted; none when there is no such folder.
pub fn files_under(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        if !dir.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&dir).with_context(|| format!("reading {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder being filled. A text that names an earlier file is made to name it as it was written.
struct Page<'a> {
    dist: &'a Path,
    renamed: Vec<(String, String)>,
    written: Vec<PathBuf>,
}

impl<'a> Page<'a> {
    fn start(dist: &'a Path) -> Result<Self> {
        if dist.exists() {
            fs::remove_dir_all(dist).with_context(|| format!("emptying {}", dist.display()))?;
        }
        fs::create_dir_all(dist)?;
        Ok(Self { dist, renamed: Vec::new(), written: Vec::new() })
    }

    fn add_named_by_content(&mut self, name: &str, content: Vec<u8>) -> Result<()> {
        let content = self.with_new_names(name, content)?;
        let written_as = hashed_name(name, &fingerprint::of(&content));
        self.add_verbatim(Path::new(&written_as), &content)?;
        self.renamed.push((name.to_owned(), written_as));
        Ok(())
    }

    fn add(&mut self, name: &str, content: Vec<u8>) -> Result<()> {
        let content = self.with_new_names(name, content)?;
        self.add_verbatim(Path::new(name), &content)
    }

    /// Adds files that name each other; the name of each tells the content of all.
    fn add_circle(&mut self, files: Vec<(&str, Vec<u8>)>) -> Result<()> {
        let all = files.iter().fold(Fingerprint::new(), |all, (_, content)| all.with(content));
        let all = self.renamed.iter().fold(all, |all, (_, new)| all.with(new.as_bytes())).hex();
        self.renamed.extend(files.iter().map(|(name, _)| ((*name).to_owned(), hashed_name(name, &all))));
        for (name, content) in files {
            let content = self.with_new_names(name, content)?;
            self.add_verbatim(Path::new(&hashed_name(name, &all)), &content)?;
        }
        Ok(())
    }

    fn add_verbatim(&mut self, name: &Path, content: &[u8]) -> Result<()> {
        let file = self.dist.join(name);
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        fs::write(&file, content)?;
        self.written.push(file);
        Ok(())
    }

    fn with_new_names(&self, name: &str, content: Vec<u8>) -> Result<Vec<u8>> {
        if name.ends_with(".wasm") {
            return Ok(content);
        }
        let text = String::from_utf8(content).with_context(|| format!("{name} is not text"))?;
        Ok(self.renamed.iter().fold(text, |text, (old, new)| with_new_name(&text, old, new)).into_bytes())
    }
}

/// The text with a file's new name. A key of an object keeps the old one: by that the wasm asks for its imports.
fn with_new_name(text: &str, old: &str, new: &str) -> String {
    let mut pieces = text.split(old);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + if piece.starts_with("\": ") { old } else { new } + piece)
}

fn hashed_name(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

/// Whether a name was made by [`hashed_name`], so that the file under it never changes.
pub fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_leaves_keys_alone() {
        let text = r#"import * as seam from "./seam.js"; const imports = { "./seam.js": seam };"#;
        let expected = r#"import * as seam from "./seam-1.js"; const imports = { "./seam.js": seam };"#;
        assert_eq!(with_new_name(text, "seam.js", "seam-1.js"), expected);
    }

    #[test]
    fn a_module_keeps_what_engines_need() {
        let mut module = wasm_encoder::Module::new();
        module.section(&wasm_encoder::RawSection { id: 1, data: &[0] });
        let plain = module.clone().finish();
        module.section(&wasm_encoder::CustomSection { name: "name".into(), data: (&[1, 2, 3]).into() });
        assert_eq!(without_custom_sections(&module.finish()).expect("it is a module"), plain);
    }

    #[test]
    fn a_hashed_name_is_known_again() {
        let name = hashed_name("app_bg.wasm", &fingerprint::of(b"content"));
        assert!(is_hashed(&name), "{name}");
        assert!(!is_hashed("app_bg.wasm"));
        assert!(!is_hashed("index.html"));
        assert!(!is_hashed("course/unit-one.toml"));
    }
}
