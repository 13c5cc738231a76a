//! A template file that is added or removed must rebuild the binary that carries it.

fn main() {
    println!("cargo:rerun-if-changed=../../schemas");
}
