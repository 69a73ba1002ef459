use super::header::Header;
use super::relation::{Relations, relate};
use super::shape::Shape;

/// A column, looked at.
#[derive(Debug, Clone)]
pub struct Seen {
    pub header: Header,
    pub shape: Shape,
    pub relations: Relations,
}

/// Looks at a whole table: names and values by column.
pub fn look(columns: &[(&str, &[&str])]) -> Vec<Seen> {
    let shapes: Vec<Shape> = columns
        .iter()
        .map(|(_, values)| Shape::of(values))
        .collect();
    let relations = relate(&shapes);
    columns
        .iter()
        .zip(shapes)
        .zip(relations)
        .map(|(((name, _), shape), relations)| Seen {
            header: Header::read(name),
            shape,
            relations,
        })
        .collect()
}
