//! Maps whose keys are more than a name, as lists: a key of JSON is a string, and the values hold their keys anyway.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// What can tell its own key.
pub(super) trait Keyed {
    type Key: Ord;
    fn key(&self) -> Self::Key;
}

pub(super) fn serialize<T, S>(map: &BTreeMap<T::Key, T>, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Keyed + Serialize,
    S: Serializer,
{
    serializer.collect_seq(map.values())
}

pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<BTreeMap<T::Key, T>, D::Error>
where
    T: Keyed + DeserializeOwned,
    D: Deserializer<'de>,
{
    let values = Vec::<T>::deserialize(deserializer)?;
    Ok(values.into_iter().map(|value| (value.key(), value)).collect())
}
