//! The order of a WebAssembly module's functions.
//!
//! The same code is often compiled for many types. gzip stores a repetition as a reference if it finds the text less than 32 KB before, so
//! similar functions belong next to each other.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    convert::Infallible,
};

use test_support::{Error, Result};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{self, Reencode, utils},
};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// The length of the sequences by which functions are compared. gzip gains little from shorter ones.
const SEQUENCE: usize = 6;

/// A sequence in more functions than these doesn't say that two of them are similar.
const COMMON: usize = 100;

/// How many bytes before a function are compared with it.
const WINDOW: usize = 30_000;

/// Returns the module with similar functions next to each other.
pub(super) fn reorder(module: &[u8]) -> Result<Vec<u8>> {
    let unreadable =
        |error: String| Error::Unexpected(format!("the WebAssembly module is unreadable: {error}"));
    let (imports, bodies) = read(module).map_err(|error| unreadable(error.to_string()))?;
    let order = order(&bodies);
    let mut places = vec![0; order.len()];
    for (place, &function) in (imports..).zip(&order) {
        places[function] = place;
    }
    let mut reordered = Module::new();
    Reordering { imports, order, places }
        .parse_core_module(&mut reordered, Parser::new(0), module)
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(reordered.finish())
}

/// Returns the number of imported functions, and the bodies of the others.
fn read(module: &[u8]) -> wasmparser::Result<(u32, Vec<&[u8]>)> {
    let (mut imports, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imports, bodies))
}

/// Returns the functions in the order in which they are written. The next one is always the one that shares most sequences with those just
/// before it, for its length.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut similarity = Similarity::new(bodies);
    let mut is_written = vec![false; bodies.len()];
    // A function is in it once for each priority that it has had.
    let mut candidates: BinaryHeap<_> = (0..bodies.len()).map(|function| (0, Reverse(function))).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while let Some((priority, Reverse(next))) = candidates.pop() {
        if is_written[next] || priority != similarity.priority(next) {
            continue;
        }
        is_written[next] = true;
        order.push(next);
        for function in similarity.write(next) {
            if !is_written[function] {
                candidates.push((similarity.priority(function), Reverse(function)));
            }
        }
    }
    order
}

/// How similar functions are to those written last.
struct Similarity<'a> {
    bodies: &'a [&'a [u8]],
    /// The sequences of each function that are in other ones, too.
    sequences: Vec<Vec<usize>>,
    /// The functions that have a sequence.
    functions: Vec<Vec<usize>>,
    /// The functions written last.
    window: VecDeque<usize>,
    window_bytes: usize,
    /// How many functions of the window have a sequence.
    occurrences: Vec<usize>,
    /// How many of a function's sequences occur in the window.
    shared: Vec<usize>,
}

impl<'a> Similarity<'a> {
    fn new(bodies: &'a [&'a [u8]]) -> Self {
        let mut ids = HashMap::new();
        let mut functions: Vec<Vec<usize>> = Vec::new();
        for (function, body) in bodies.iter().enumerate() {
            for sequence in body.windows(SEQUENCE) {
                let id = *ids.entry(sequence).or_insert(functions.len());
                if id == functions.len() {
                    functions.push(Vec::new());
                }
                if functions[id].last() != Some(&function) {
                    functions[id].push(function);
                }
            }
        }
        functions.retain(|functions| (2..=COMMON).contains(&functions.len()));
        let mut sequences = vec![Vec::new(); bodies.len()];
        for (id, functions) in functions.iter().enumerate() {
            for &function in functions {
                sequences[function].push(id);
            }
        }
        Self {
            bodies,
            sequences,
            window: VecDeque::new(),
            window_bytes: 0,
            occurrences: vec![0; functions.len()],
            functions,
            shared: vec![0; bodies.len()],
        }
    }

    /// Returns how many sequences a function shares with the window. Their square, so that a short function that shares all of its few
    /// sequences doesn't come before a long one that shares most of its many.
    fn priority(&self, function: usize) -> usize {
        (self.shared[function].pow(2) << 16) / self.bodies[function].len()
    }

    /// Adds a function to the window. Returns the functions that may have another priority now.
    fn write(&mut self, function: usize) -> Vec<usize> {
        let mut changed = Vec::new();
        self.window.push_back(function);
        self.window_bytes += self.bodies[function].len();
        for &sequence in &self.sequences[function] {
            self.occurrences[sequence] += 1;
            if self.occurrences[sequence] == 1 {
                for &function in &self.functions[sequence] {
                    self.shared[function] += 1;
                    changed.push(function);
                }
            }
        }
        while self.window_bytes > WINDOW
            && let Some(function) = self.window.pop_front()
        {
            self.window_bytes -= self.bodies[function].len();
            for &sequence in &self.sequences[function] {
                self.occurrences[sequence] -= 1;
                if self.occurrences[sequence] == 0 {
                    for &function in &self.functions[sequence] {
                        self.shared[function] -= 1;
                        changed.push(function);
                    }
                }
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

/// Writes a module in another order.
struct Reordering {
    /// The number of imported functions, which have the first indices.
    imports: u32,
    /// The functions in their new order.
    order: Vec<usize>,
    /// The new index of each function.
    places: Vec<u32>,
}

type Reencoded<T> = std::result::Result<T, reencode::Error<Infallible>>;

impl Reencode for Reordering {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Reencoded<u32> {
        Ok(index.checked_sub(self.imports).map_or(index, |function| self.places[function as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Reencoded<()> {
        let types = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        for &function in &self.order {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Reencoded<()> {
        let bodies = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        for place in 0..self.order.len() {
            utils::parse_function_body(self, code, bodies[self.order[place]].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        EntityType, ExportKind, ExportSection, Function, ImportSection, Instruction, TypeSection,
    };
    use wasmparser::{Export, Operator};

    use super::*;

    /// A module with the functions `a`, `b`, `c` and `d`, which load constants from 100, 200, 100 and 200 on. `d` calls `a` and the imported function.
    fn module() -> Vec<u8> {
        let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
        types.ty().function([], []);
        imports.import("js", "imported", EntityType::Function(0));
        let (mut functions, mut exports, mut code) =
            (FunctionSection::new(), ExportSection::new(), CodeSection::new());
        for (index, (name, first)) in (1..).zip([("a", 100), ("b", 200), ("c", 100), ("d", 200)]) {
            functions.function(0);
            exports.export(name, ExportKind::Func, index);
            let mut function = Function::new([]);
            for constant in first..first + 20 {
                function.instruction(&Instruction::I32Const(constant)).instruction(&Instruction::Drop);
            }
            if name == "d" {
                function.instruction(&Instruction::Call(1)).instruction(&Instruction::Call(0));
            }
            code.function(function.instruction(&Instruction::End));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// Returns, for each exported function in the order of the module, its name, the first constant and the names of the functions it calls.
    fn functions(module: &[u8]) -> Vec<(&str, i32, Vec<&str>)> {
        let (mut names, mut bodies) = (vec!["imported"; 5], Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::ExportSection(section) => {
                    for export in section {
                        let Export { name, index, .. } = export.unwrap();
                        names[index as usize] = name;
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let describe = |(index, body): (usize, &wasmparser::FunctionBody<'_>)| {
            let (mut constants, mut calls) = (Vec::new(), Vec::new());
            for operator in body.get_operators_reader().unwrap() {
                match operator.unwrap() {
                    Operator::I32Const { value } => constants.push(value),
                    Operator::Call { function_index } => calls.push(names[function_index as usize]),
                    _ => {}
                }
            }
            (names[index], constants[0], calls)
        };
        (1..).zip(&bodies).map(describe).collect()
    }

    #[test]
    fn similar_functions_come_next_to_each_other_and_still_call_the_same_ones() {
        let (a, b, c) = (("a", 100, vec![]), ("b", 200, vec![]), ("c", 100, vec![]));
        let d = ("d", 200, vec!["a", "imported"]);
        let module = module();
        assert_eq!(functions(&module), [a.clone(), b.clone(), c.clone(), d.clone()]);
        assert_eq!(functions(&reorder(&module).unwrap()), [a, c, b, d]);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(reorder(b"no module").is_err());
    }
}
