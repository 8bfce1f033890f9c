//! From the file's text to a spec.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::file::SpecFile;
use super::reader::Record;
use super::sections::{access, capacity, load_balancer, network, opaque, primaries, scan, secondaries, tags};
use super::{Access, Draft, Node, Problems, Protection, ProviderParser, ProviderSection, Reader, Spec};

impl Spec {
    /// Reads a spec, with the part of the backend that it names.
    ///
    /// ```
    /// use castra_core::spec::Spec;
    ///
    /// let problems = Spec::parse("name = 'Demo'\nnmae = 'demo'", &[]).unwrap_err();
    /// assert!(problems.concern("name") && problems.concern("nmae") && problems.concern("provider"));
    /// ```
    ///
    /// # Errors
    ///
    /// All that is wrong with it. Only text that isn't TOML keeps the rest from being looked at.
    pub fn parse(text: &str, providers: &[&dyn ProviderParser]) -> Result<Self, Problems> {
        read(&Node::parse(text)?, Some(providers))
    }

    /// Reads a spec without any backend: the provider section is only searched for secrets.
    ///
    /// # Errors
    ///
    /// As [`Spec::parse`].
    pub fn parse_core(text: &str) -> Result<Self, Problems> {
        read(&Node::parse(text)?, None)
    }
}

impl Serialize for Spec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SpecFile::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Spec {
    /// Reads the form that serialising gives, as [`Spec::parse_core`] does the file.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = toml::Table::deserialize(deserializer)?;
        read(&Node::from(&table), None).map_err(D::Error::custom)
    }
}

/// What is read beside the draft.
struct Rest {
    provider: Option<ProviderSection>,
    protection: Option<Protection>,
    application: Option<toml::Table>,
    data: Option<toml::Table>,
}

fn read(root: &Node, providers: Option<&[&dyn ProviderParser]>) -> Result<Spec, Problems> {
    let record = Record::of(root);
    let (draft, rest) = Reader::at(root, String::new(), &record).whole(|file| whole(file, providers));
    let spec = assemble(draft, rest);
    let problems = record.into_problems();
    match spec {
        Some(spec) if problems.0.is_empty() => Ok(spec),
        _ => Err(problems),
    }
}

fn whole(file: &mut Reader<'_>, providers: Option<&[&dyn ProviderParser]>) -> (Draft, Rest) {
    let name = file.required("name", "\"demo\"");
    let network = file.required_section("network", "[network] with cidr = \"10.20.0.0/16\"", network);
    let primaries = file.required_section("primaries", "[primaries] with machine_type = \"m7i.xlarge\"", primaries);
    let capacity = if file.has("capacity") { Some(file.section("capacity", capacity).flatten()) } else { None };
    let secondaries = file.required_section(
        "secondaries",
        "[secondaries] with count = 5 and machine_type = \"m7i.xlarge\"",
        |section| secondaries(section, capacity),
    );
    let load_balancer = file.required_section(
        "load_balancer",
        "[load_balancer] with certificate = \"the certificate's reference\"",
        load_balancer,
    );
    let access = if file.has("access") { file.section("access", access).flatten() } else { Some(Access::default()) };
    let tags = if file.has("tags") { file.section("tags", tags).flatten() } else { Some(Default::default()) };
    let protection = if file.has("protection") {
        file.section("protection", |section| section.or("enabled", false).map(|enabled| Protection { enabled }))
            .flatten()
    } else {
        Some(Protection::default())
    };
    let application = file.section("application", opaque);
    let data = file.section("data", opaque);
    let draft = Draft { name, network, primaries, secondaries, load_balancer, access, tags };
    let example = providers.and_then(<[_]>::first).map_or("NAME", |parser| parser.name());
    let section = format!("[provider] with name = \"{example}\"");
    let provider = file.required_section("provider", &section, |section| provider(section, providers, example, &draft));
    (draft, Rest { provider, protection, application, data })
}

fn provider(
    section: &mut Reader<'_>,
    providers: Option<&[&dyn ProviderParser]>,
    example: &str,
    draft: &Draft,
) -> Option<ProviderSection> {
    scan(section);
    let name: Option<String> = match providers {
        Some(known) if section.has("name") => {
            let choices: Vec<(&str, usize)> = known.iter().enumerate().map(|(i, parser)| (parser.name(), i)).collect();
            let chosen = section.choice("name", &choices).and_then(|i| known.get(i));
            match chosen {
                Some(parser) => parser.check(section, draft),
                None => section.take_all(),
            }
            chosen.map(|parser| parser.name().to_owned())
        }
        _ => {
            section.take_all();
            section.required("name", &format!("\"{example}\""))
        }
    };
    let mut settings = section.table();
    settings.remove("name");
    Some(ProviderSection { name: name?, settings })
}

fn assemble(draft: Draft, rest: Rest) -> Option<Spec> {
    Some(Spec {
        name: draft.name?,
        provider: rest.provider?,
        network: draft.network?,
        primaries: draft.primaries?,
        secondaries: draft.secondaries?,
        load_balancer: draft.load_balancer?,
        access: draft.access?,
        tags: draft.tags?,
        protection: rest.protection?,
        application: rest.application,
        data: rest.data,
    })
}
