pub mod mir;
