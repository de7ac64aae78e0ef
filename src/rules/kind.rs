//! The kinds of values.

/// The kind of a value, from JSON's point of view.
///
/// The kinds from [`Kind::Undefined`] on exist only in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(dead_code, reason = "native values have six of them")]
pub(crate) enum Kind {
    Null = 0,
    Bool,
    Number,
    String,
    Array,
    /// A plain object: made by `{}`, `JSON.parse` or `Object.create(null)`, in any realm.
    Object,
    Undefined,
    /// A string with a lone surrogate, which UTF-8 cannot encode.
    IllFormed,
    /// `NaN` or an infinity, which `JSON.stringify` turns into null.
    NotFinite,
    BigInt,
    Function,
    Symbol,
    /// Any other object: Date, Map, a boxed primitive, an instance of a class.
    Instance,
    /// A getter or proxy threw when the value was read.
    Unreadable,
}

impl Kind {
    /// Every kind, in the order of its number.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    pub(crate) const ALL: [Kind; 14] = {
        use Kind::*;
        [
            Null, Bool, Number, String, Array, Object, Undefined, IllFormed, NotFinite, BigInt,
            Function, Symbol, Instance, Unreadable,
        ]
    };

    /// The kind with that number; `Unreadable` for an unknown number.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    #[inline(always)]
    pub(crate) fn from_u8(kind: u8) -> Kind {
        Kind::ALL.get(usize::from(kind)).copied().unwrap_or(Kind::Unreadable)
    }

    /// The word used in messages and in `params.actual`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "boolean",
            Kind::Number => "number",
            Kind::String | Kind::IllFormed => "string",
            Kind::Array => "array",
            Kind::Object => "object",
            Kind::Undefined => "undefined",
            Kind::NotFinite => "not_finite",
            Kind::BigInt => "bigint",
            Kind::Function => "function",
            Kind::Symbol => "symbol",
            Kind::Instance => "class_instance",
            Kind::Unreadable => "unreadable",
        }
    }
}
