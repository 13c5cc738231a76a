//! Entity-relationship diagrams: layout, drawing and text forms.
