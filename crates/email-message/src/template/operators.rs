//! Operators with work that the engine doesn't count by length.
//!
//! Compiled templates use filters and tests instead, which take the same values from the stack. The analysis doesn't let templates use
//! them by name.

use minijinja::{
    Environment,
    machinery::{Instruction, Instructions},
};

use super::{arithmetic, comparison};

/// The engine looks up a filter or test with this ID each time that it is used.
const UNCACHED: u8 = u8::MAX;

/// Adds the filters and tests that stand for operators.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("*", arithmetic::multiply);
    environment.add_filter("+", arithmetic::add);
    environment.add_test("==", comparison::is_equal);
    environment.add_test("!=", comparison::is_different);
    environment.add_test("<", comparison::is_less);
    environment.add_test("<=", comparison::is_at_most);
    environment.add_test(">", comparison::is_greater);
    environment.add_test(">=", comparison::is_at_least);
    environment.add_test("in", comparison::is_in);
}

/// Replaces the engine's operators.
pub(super) fn replace_in(instructions: &mut Instructions<'_>) {
    let mut index = 0;
    while let Some(instruction) = instructions.get_mut(index) {
        if let Some(replacement) = replacement(instruction) {
            *instruction = replacement;
        }
        index += 1;
    }
}

fn replacement(instruction: &Instruction<'_>) -> Option<Instruction<'static>> {
    let filter = |name| Some(Instruction::ApplyFilter(name, Some(2), UNCACHED));
    // Unlike a filter, a test doesn't cost fuel for the length of its first value.
    let test = |name| Some(Instruction::PerformTest(name, Some(2), UNCACHED));
    match instruction {
        Instruction::Mul => filter("*"),
        Instruction::Add => filter("+"),
        Instruction::Eq => test("=="),
        Instruction::Ne => test("!="),
        Instruction::Lt => test("<"),
        Instruction::Lte => test("<="),
        Instruction::Gt => test(">"),
        Instruction::Gte => test(">="),
        Instruction::In => test("in"),
        _ => None,
    }
}
