//! Health records: what a record kept for years looks like. The codes are facts (LOINC, ICD-10, ATC, CVX, SNOMED CT); the
//! numbers hover around what is common for a healthy adult and say nothing about anybody.

use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::world::{Someone, World};
use super::sources;
use crate::copy::{Array, RowWriter};
use serde_json::{Value, json};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "health_records",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerDay { weight: 50, least: 4, most_a_day: 4 },
    columns: &[
        "id",
        "user_id",
        "source_integration_id",
        "record_type",
        "record_date",
        "ended_at",
        "provider_name",
        "facility_name",
        "description",
        "diagnosis_codes",
        "medication_name",
        "dosage",
        "frequency",
        "measurement_type",
        "measurement_value",
        "value_num",
        "measurement_unit",
        "code_system",
        "code",
        "components",
        "reference_low",
        "reference_high",
        "clinical_status",
        "fhir",
        "storage_keys",
        "is_important",
        "notes",
        "device_id",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: records,
}];

const LOINC: &str = "http://loinc.org";
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
const ATC: &str = "http://www.whocc.no/atc";
const CVX: &str = "http://hl7.org/fhir/sid/cvx";
const SNOMED: &str = "http://snomed.info/sct";

/// Something other than a reading: type, system, code, what it is, important.
type Entry = (&'static str, &'static str, &'static str, &'static str, bool);

const ENTRIES: &[Entry] = &[
    ("appointment", "", "", "Yearly check-up", false),
    ("medication", ATC, "A11CC05", "Colecalciferol", false),
    ("immunization", CVX, "140", "Influenza, seasonal, preservative free", false),
    ("allergy", SNOMED, "91936005", "Allergy to penicillin", true),
    ("diagnosis", ICD10, "J30.1", "Allergic rhinitis due to pollen", false),
    ("medication", ATC, "R06AE07", "Cetirizine", false),
    ("immunization", CVX, "115", "Tetanus, diphtheria, pertussis (Tdap)", false),
    ("appointment", "", "", "Dentist: cleaning", false),
    ("procedure", SNOMED, "274031008", "Removal of an ingrown toenail under local anaesthesia", false),
    ("immunization", CVX, "208", "COVID-19, mRNA, 30 µg", false),
    ("diagnosis", ICD10, "M54.5", "Low back pain", false),
    ("appointment", "", "", "Physiotherapy", false),
    ("immunization", CVX, "224", "Tick-borne encephalitis, adult", false),
    ("diagnosis", ICD10, "J06.9", "Acute upper respiratory infection, unspecified", false),
    ("medication", ATC, "N02BE01", "Paracetamol", false),
    ("other", "", "", "Blood donation", false),
    ("appointment", "", "", "Eye test", false),
    ("diagnosis", ICD10, "E55.9", "Vitamin D deficiency, unspecified", false),
];

/// A laboratory value: LOINC code, name, unit, low, high, decimals.
type Lab = (&'static str, &'static str, &'static str, f64, f64, u32);

const LABS: &[Lab] = &[
    ("2345-7", "Glucose", "mg/dL", 70.0, 99.0, 0),
    ("4548-4", "Haemoglobin A1c", "%", 4.0, 5.6, 1),
    ("2093-3", "Cholesterol", "mg/dL", 120.0, 200.0, 0),
    ("2085-9", "HDL cholesterol", "mg/dL", 40.0, 90.0, 0),
    ("2571-8", "Triglycerides", "mg/dL", 50.0, 150.0, 0),
    ("718-7", "Haemoglobin", "g/dL", 12.0, 17.0, 1),
    ("2160-0", "Creatinine", "mg/dL", 0.6, 1.2, 2),
    ("3016-3", "Thyrotropin", "mIU/L", 0.4, 4.0, 2),
    ("1989-3", "25-hydroxyvitamin D3", "ng/mL", 20.0, 60.0, 0),
];

fn records<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("health_records");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("health_records", someone, index);
        // Mostly readings, in between the rest: every sixth an entry, every sixth a laboratory value.
        match index % 6 {
            1 => entry(world, someone, index, count, &mut rng, out),
            4 => lab(world, someone, index, count, &mut rng, out),
            _ => reading(world, someone, index, count, &mut rng, out),
        }
    })
}

fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    (value * scale).round() / scale
}

/// A slow wave between −1 and 1 with a period of a year, made of straight lines and squares: no `sin`.
fn season(day: i32) -> f64 {
    let phase = f64::from(day.rem_euclid(366)) / 366.0;
    let x = 4.0 * (phase - 0.5).abs() - 1.0;
    x * (2.0 - x.abs())
}

fn reading(world: &World, someone: &Someone, index: u64, count: u64, rng: &mut Rng, out: &mut RowWriter) {
    let day = world.day(index, count);
    let at = world.awake(someone, day, rng, 6, 8);
    let drift = f64::from(day.since(world.start)) / world.days() as f64;
    let wave = season(day.number());
    world.base(out, "health_records", someone, index, at.plus(300));
    out.set("record_type", "vital_sign")
        .set("record_date", at)
        .set("code_system", LOINC)
        .set("clinical_status", "final");
    let (name, code, unit, value, low, high) =
        match (index / 2) % 4 {
            0 => (
                "Body weight",
                "29463-7",
                "kg",
                rounded(someone.weight + 1.6 * wave - 1.2 * drift + 0.35 * rng.bell(), 1),
                None,
                None,
            ),
            1 => {
                let systolic = (someone.systolic + 3.0 * wave - 4.0 * drift + 5.0 * rng.bell()).round();
                let diastolic = (someone.diastolic + 2.0 * wave - 2.0 * drift + 3.5 * rng.bell()).round();
                out.set("components", json!([
                { "code": "8480-6", "display": "Systolic blood pressure", "value": systolic, "unit": "mm[Hg]" },
                { "code": "8462-4", "display": "Diastolic blood pressure", "value": diastolic, "unit": "mm[Hg]" },
            ]));
                out.set("measurement_value", format!("{systolic}/{diastolic}"));
                ("Blood pressure", "85354-9", "mm[Hg]", systolic, Some(90.0), Some(140.0))
            }
            2 => (
                "Heart rate",
                "8867-4",
                "/min",
                (someone.pulse + 2.0 * wave + 4.0 * rng.bell()).round(),
                Some(50.0),
                Some(100.0),
            ),
            _ => (
                "Oxygen saturation",
                "59408-5",
                "%",
                rounded((97.5 + 0.6 * rng.bell()).min(100.0), 0),
                Some(94.0),
                Some(100.0),
            ),
        };
    if code != "85354-9" {
        out.set("measurement_value", value.to_string());
    }
    out.set("measurement_type", name)
        .set("value_num", value)
        .set("measurement_unit", unit)
        .set("code", code)
        .set("reference_low", low)
        .set("reference_high", high)
        .set("fhir", fhir(code, name, value, unit))
        .set("diagnosis_codes", Array::<&str>(&[]))
        .set("storage_keys", Array::<&str>(&[]))
        .set("is_important", false)
        .set("source_integration_id", sources::integration(world, someone, "health"))
        .set("device_id", sources::wristband(world, someone));
    out.end();
}

/// The reading as an Observation of HL7 FHIR R4, as far as it goes.
fn fhir(code: &str, display: &str, value: f64, unit: &str) -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": LOINC, "code": code, "display": display }] },
        "valueQuantity": { "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit },
    })
}

fn lab(world: &World, someone: &Someone, index: u64, count: u64, rng: &mut Rng, out: &mut RowWriter) {
    let (code, name, unit, low, high, decimals) = LABS[((index / 6) % LABS.len() as u64) as usize];
    let at = world.awake(someone, world.day(index, count), rng, 7, 10);
    let value = rounded(f64::midpoint(low, high) + (high - low) * 0.18 * rng.bell(), decimals)
        .max(rounded(low * 0.8, decimals));
    world.base(out, "health_records", someone, index, at.plus(2 * 86_400));
    out.set("record_type", "lab_result")
        .set("record_date", at)
        .set("provider_name", "Dr. Mafalda Vogt")
        .set("facility_name", "Lantern Street Clinic")
        .set("description", format!("{name} in blood, fasting"))
        .set("measurement_type", name)
        .set("measurement_value", value.to_string())
        .set("value_num", value)
        .set("measurement_unit", unit)
        .set("code_system", LOINC)
        .set("code", code)
        .set("reference_low", low)
        .set("reference_high", high)
        .set("clinical_status", "final")
        .set("fhir", fhir(code, name, value, unit))
        .set("diagnosis_codes", Array::<&str>(&[]))
        .set(
            "storage_keys",
            Array(&[format!("{}/health/{}.pdf", someone.id, world.id("health_records", someone, index))]),
        )
        .set("is_important", value < low || value > high)
        .set("notes", (value > high).then_some("Repeat in three months."));
    out.end();
}

fn entry(world: &World, someone: &Someone, index: u64, count: u64, rng: &mut Rng, out: &mut RowWriter) {
    let (kind, system, code, what, is_important) = ENTRIES[((index / 6) % ENTRIES.len() as u64) as usize];
    let at = world.awake(someone, world.day(index, count), rng, 8, 17);
    let (provider, facility) = match what {
        "Dentist: cleaning" => ("Dr. Owen Hughes", "Dental practice at the park"),
        "Physiotherapy" => ("Signe Holm", "Moving Parts Physiotherapy"),
        _ => ("Dr. Mafalda Vogt", "Lantern Street Clinic"),
    };
    let is_medication = kind == "medication";
    let ended = match kind {
        "appointment" | "procedure" => Some(at.plus(rng.range(15, 60) * 60)),
        "medication" if rng.chance(600) => Some(world.past(at.plus(rng.range(5, 90) * 86_400))),
        _ => None,
    };
    let codes: &[&str] = if kind == "diagnosis" { &[code] } else { &[] };
    world.base(out, "health_records", someone, index, at.plus(3_600));
    out.set("record_type", kind)
        .set("record_date", at)
        .set("ended_at", ended)
        .set("provider_name", provider)
        .set("facility_name", facility)
        .set("description", what)
        .set("diagnosis_codes", Array(codes))
        .set("medication_name", is_medication.then_some(what))
        .set("dosage", is_medication.then(|| *rng.pick(&["10 mg", "500 mg", "1000 IE", "20 mg"])))
        .set(
            "frequency",
            is_medication.then(|| *rng.pick(&["once daily", "twice daily", "as needed", "in the evening"])),
        )
        .set("code_system", (!system.is_empty()).then_some(system))
        .set("code", (!code.is_empty()).then_some(code))
        .set("clinical_status", "final")
        .set("storage_keys", Array::<&str>(&[]))
        .set("is_important", is_important)
        .set("notes", rng.chance(200).then(|| world.say("{small}", rng, &[])));
    out.end();
}
