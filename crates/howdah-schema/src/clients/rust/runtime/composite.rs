//! Composite types: their attributes one after the other.

use super::range::{take_length, take_value};
use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Field, FromSql, IsNull, Kind, ToSql, Type};

use super::Failure;

/// Whether it is this composite type.
pub fn is(ty: &Type, schema: &str, name: &str) -> bool {
    ty.schema() == schema && ty.name() == name && matches!(ty.kind(), Kind::Composite(_))
}

/// What is under a type's domains.
fn base(mut ty: &Type) -> &Type {
    while let Kind::Domain(of) = ty.kind() {
        ty = of;
    }
    ty
}

fn attributes(ty: &Type) -> Result<&[Field], Failure> {
    match base(ty).kind() {
        Kind::Composite(attributes) => Ok(attributes),
        _ => Err("not a composite type".into()),
    }
}

/// Takes attribute after attribute from a value.
pub struct Reader<'a, 't> {
    attributes: std::slice::Iter<'t, Field>,
    raw: &'a [u8],
}

impl<'a, 't> Reader<'a, 't> {
    /// Of a value that has this many attributes.
    pub fn new(ty: &'t Type, mut raw: &'a [u8], count: usize) -> Result<Self, Failure> {
        let attributes = attributes(ty)?;
        if attributes.len() != count || usize::try_from(take_length(&mut raw)?)? != count {
            return Err(other(ty));
        }
        Ok(Self {
            attributes: attributes.iter(),
            raw,
        })
    }

    /// The next attribute.
    pub fn take<T: FromSql<'a>>(&mut self) -> Result<T, Failure> {
        let attribute = self
            .attributes
            .next()
            .ok_or("there is no further attribute")?;
        let ty = base(attribute.type_());
        if !T::accepts(ty) {
            return Err(format!("attribute {} is of type {ty} by now", attribute.name()).into());
        }
        // The attribute's type, which is known already.
        take_length(&mut self.raw)?;
        match self.raw.first_chunk().copied().map(i32::from_be_bytes) {
            Some(-1) => {
                take_length(&mut self.raw)?;
                T::from_sql_null(ty)
            }
            _ => T::from_sql(ty, take_value(&mut self.raw)?),
        }
    }
}

/// Writes attribute after attribute of a value.
pub struct Writer<'b, 't> {
    attributes: std::slice::Iter<'t, Field>,
    out: &'b mut BytesMut,
}

impl<'b, 't> Writer<'b, 't> {
    /// Of a value that has this many attributes.
    pub fn new(ty: &'t Type, out: &'b mut BytesMut, count: usize) -> Result<Self, Failure> {
        let attributes = attributes(ty)?;
        if attributes.len() != count {
            return Err(other(ty));
        }
        out.put_i32(i32::try_from(count)?);
        Ok(Self {
            attributes: attributes.iter(),
            out,
        })
    }

    /// The next attribute.
    pub fn put<T: ToSql>(&mut self, value: &T) -> Result<(), Failure> {
        let attribute = self
            .attributes
            .next()
            .ok_or("there is no further attribute")?;
        let ty = base(attribute.type_());
        if !T::accepts(ty) {
            return Err(format!("attribute {} is of type {ty} by now", attribute.name()).into());
        }
        // The receiving function compares with the attribute's declared type, a domain included.
        self.out.put_u32(attribute.type_().oid());
        let at = self.out.len();
        self.out.put_i32(-1);
        if let IsNull::No = value.to_sql(ty, self.out)? {
            let length = i32::try_from(self.out.len() - at - 4)?;
            self.out[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }
}

fn other(ty: &Type) -> Failure {
    format!("the type {ty} has other attributes than when this client was generated").into()
}
