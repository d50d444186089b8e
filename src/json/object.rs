/// A JSON object of Apple's as a struct: every field optional, or required by name; unknown keys kept in `extra`, values
/// of the wrong type in `odd`. It is read in one pass by a visitor of its own, since serde's `flatten` reads twice; as
/// `Quick<Self>` without a look at the text of each value.
macro_rules! object {
    (
        $(#[$doc:meta])*
        $name:ident, $expected:literal $(, requires { $(#[$req_doc:meta])* $req:ident: $req_type:ty })? {
            $($(#[$field_doc:meta])* $field:ident: $type:ty $(as $key:literal)?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$req_doc])* pub $req: $req_type,)?
            $($(#[$field_doc])* pub $field: Option<$type>,)*
            /// Keys that this version of the crate does not know.
            pub extra: $crate::json::Extra,
            /// Documented keys whose values are not what is documented.
            pub odd: Vec<$crate::json::OddField>,
        }

        impl $name {
            /// The documented keys, in the order in which they are written.
            #[allow(dead_code, reason = "not every object's keys are asked for")]
            pub(crate) const KEYS: &[&str] = &[$(stringify!($req),)? $($crate::json::object_key!($field $($key)?)),*];

            /// Whether the field of this key has a value, so that nothing else may be written under the key.
            #[allow(dead_code, reason = "not every object is asked for it")]
            pub(crate) fn has(&self, key: &str) -> bool {
                match key {
                    $(stringify!($req) => true,)?
                    $($crate::json::object_key!($field $($key)?) => self.$field.is_some(),)*
                    _ => false,
                }
            }

            /// What is odd and counts: its field has no value meanwhile, which would be written in its place.
            #[allow(dead_code, reason = "not every object is asked for it")]
            pub(crate) fn odd_in_force(&self) -> impl Iterator<Item = &$crate::json::OddField> {
                self.odd.iter().filter(|odd| !self.has(odd.key))
            }

            fn read<'de, A: serde::de::MapAccess<'de>>(mut map: A, quick: bool) -> Result<Self, A::Error> {
                $(let mut $req: Option<$req_type> = None;)?
                $(let mut $field: Option<$type> = None;)*
                let mut extra = $crate::json::Extra::default();
                let mut odd = Vec::new();
                while let Some(key) = map.next_key_seed($crate::json::Key)? {
                    match &*key {
                        $(stringify!($req) => $req = map.next_value::<Option<_>>()?.or($req),)?
                        // Of a key that is there twice the last value counts.
                        $($crate::json::object_key!($field $($key)?) => {
                            $field = if quick {
                                map.next_value_seed($crate::json::FieldSeed::<$type>::new())?
                            } else {
                                $crate::json::exact(map.next_value()?)
                                    .or_odd($crate::json::object_key!($field $($key)?), &mut odd)
                            };
                        })*
                        _ => extra.push(&key, map.next_value()?),
                    }
                }
                Ok(Self {
                    $($req: $req.ok_or_else(|| serde::de::Error::missing_field(stringify!($req)))?,)?
                    $($field,)*
                    extra,
                    odd,
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize_either(deserializer, false)
            }
        }

        impl<'de> serde::Deserialize<'de> for $crate::json::Quick<$name> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $name::deserialize_either(deserializer, true).map(Self)
            }
        }

        impl $name {
            fn deserialize_either<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                quick: bool,
            ) -> Result<Self, D::Error> {
                struct Visitor {
                    quick: bool,
                }

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $name::read(map, self.quick)
                    }
                }

                deserializer.deserialize_map(Visitor { quick })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;

                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry(stringify!($req), &self.$req)?;)?
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($crate::json::object_key!($field $($key)?), &$crate::json::Written(value))?;
                })*
                for odd in self.odd_in_force() {
                    map.serialize_entry(odd.key, &odd.value)?;
                }
                for (key, value) in self.extra.iter().filter(|(key, _)| !self.has(key)) {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl $crate::json::Field for $name {
            const EXPECTED: &'static str = $expected;

            const COMPOUND: bool = true;

            fn from_raw(raw: &$crate::json::RawJson) -> $crate::json::Read<Self> {
                $crate::json::Read::of(raw.read())
            }

            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, serializer)
            }
        }

        $crate::json::object_default!($name { $($req)? } { $($field)* });
    };
}

/// An object without a required field has an empty value.
macro_rules! object_default {
    ($name:ident { } { $($field:ident)* }) => {
        impl Default for $name {
            fn default() -> Self {
                Self { $($field: None,)* extra: $crate::json::Extra::default(), odd: Vec::new() }
            }
        }
    };
    ($name:ident { $req:ident } { $($field:ident)* }) => {};
}

/// A field's key on the wire: its own name unless another is given.
macro_rules! object_key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

pub(crate) use {object, object_default, object_key};
