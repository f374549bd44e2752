//! What a template uses, by its syntax tree; and that it uses nothing but what can be filled in bounded time.

use std::collections::BTreeSet;

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr, Stmt};

use super::{FILTERS, Part, TESTS, TemplateError, TemplateVariable};
use crate::template::error::no_such_filter;

/// The greatest number in brackets: the engine goes through a text to find a character.
const MAX_INDEX: usize = 1000;

/// The variables that a template's parts use, in the order in which they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses(Vec<TemplateVariable>);

impl Uses {
    /// Adds those of one more part.
    pub(super) fn add(&mut self, part: Part, tree: &Stmt<'_>) -> Result<(), TemplateError> {
        Walk { part, uses: self, scopes: vec![BTreeSet::new()] }.statement(tree)
    }

    pub(super) fn variables(&self) -> &[TemplateVariable] {
        &self.0
    }

    pub(super) fn get(&self, name: &str) -> Option<&TemplateVariable> {
        self.0.iter().find(|variable| variable.name == name)
    }

    /// A variable is needed unless the template asks somewhere whether it is there, or says what stands in for it.
    fn note(&mut self, name: &str, is_guarded: bool) {
        match self.0.iter_mut().find(|variable| variable.name == name) {
            Some(variable) => variable.required &= !is_guarded,
            None => self.0.push(TemplateVariable { name: name.to_owned(), required: !is_guarded }),
        }
    }
}

struct Walk<'a, 'u> {
    part: Part,
    uses: &'u mut Uses,
    /// The template's own names, the innermost block last.
    scopes: Vec<BTreeSet<&'a str>>,
}

type Outcome = Result<(), TemplateError>;

impl<'a> Walk<'a, '_> {
    fn refuse(&self, line: u16, message: impl Into<String>) -> Outcome {
        Err(TemplateError::NotAllowed { part: self.part, line: usize::from(line), message: message.into() })
    }

    fn statements(&mut self, statements: &[Stmt<'a>]) -> Outcome {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    /// Statements with names of their own; answers the names that they end with.
    fn scope(
        &mut self,
        names: BTreeSet<&'a str>,
        statements: &[Stmt<'a>],
    ) -> Result<BTreeSet<&'a str>, TemplateError> {
        self.scopes.push(names);
        let walked = self.statements(statements);
        let names = self.scopes.pop().unwrap_or_default();
        walked.map(|()| names)
    }

    fn statement(&mut self, statement: &Stmt<'a>) -> Outcome {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.value(&emit.expr),
            Stmt::IfCond(condition) => {
                self.value(&condition.expr)?;
                // What only one of both branches sets isn't set for sure.
                let one = self.scope(BTreeSet::new(), &condition.true_body)?;
                let other = self.scope(BTreeSet::new(), &condition.false_body)?;
                self.assign(one.intersection(&other).copied());
                Ok(())
            }
            Stmt::ForLoop(block) => {
                if block.recursive {
                    return self.refuse(block.span().start_line, "a loop can't be recursive");
                }
                self.value(&block.iter)?;
                let mut names = BTreeSet::from(["loop"]);
                self.targets(&block.target, &mut names)?;
                self.scopes.push(names.clone());
                let filtered = block.filter_expr.as_ref().map_or(Ok(()), |filter| self.value(filter));
                self.scopes.pop();
                filtered?;
                self.scope(names, &block.body)?;
                self.scope(BTreeSet::new(), &block.else_body)?;
                Ok(())
            }
            Stmt::Set(set) => {
                let Expr::Var(name) = &set.target else {
                    return self.refuse(set.span().start_line, "`set` gives a value to one name");
                };
                self.value(&set.expr)?;
                self.assign([name.id]);
                Ok(())
            }
            Stmt::WithBlock(block) => self.refuse(block.span().start_line, "there is no `with` here"),
            Stmt::SetBlock(block) => {
                self.refuse(block.span().start_line, "`set` needs a value: {% set a = b %}")
            }
            Stmt::AutoEscape(block) => self.refuse(block.span().start_line, "there is no `autoescape` here"),
            Stmt::FilterBlock(block) => {
                self.refuse(block.span().start_line, "there is no `filter` block here")
            }
            Stmt::Do(block) => self.refuse(block.span().start_line, "there is no `do` here"),
        }
    }

    fn assign(&mut self, names: impl IntoIterator<Item = &'a str>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
    }

    fn targets(&self, target: &Expr<'a>, names: &mut BTreeSet<&'a str>) -> Outcome {
        match target {
            Expr::Var(name) => {
                names.insert(name.id);
                Ok(())
            }
            Expr::List(list) => list.items.iter().try_for_each(|item| self.targets(item, names)),
            other => self.refuse(other.span().start_line, "a loop gives each value to a name"),
        }
    }

    fn value(&mut self, expression: &Expr<'a>) -> Outcome {
        let line = expression.span().start_line;
        match expression {
            Expr::Const(_) => Ok(()),
            Expr::Var(name) => {
                self.variable(name.id, false);
                Ok(())
            }
            Expr::GetAttr(get) => self.value(&get.expr),
            Expr::GetItem(get) => {
                self.value(&get.expr)?;
                match &get.subscript_expr {
                    Expr::Const(key)
                        if key.value.as_str().is_some()
                            || key.value.as_usize().is_some_and(|index| index <= MAX_INDEX) =>
                    {
                        Ok(())
                    }
                    _ => self.refuse(
                        line,
                        format!("in [ ] stands a name in quotes or a number from 0 to {MAX_INDEX}"),
                    ),
                }
            }
            Expr::UnaryOp(operation) => self.value(&operation.expr),
            Expr::BinOp(operation) => {
                self.value(&operation.left)?;
                self.operand(matches!(operation.op, BinOpKind::In), &operation.right)
            }
            Expr::Compare(comparison) => {
                self.value(&comparison.expr)?;
                comparison.ops.iter().try_for_each(|next| {
                    self.operand(matches!(next.op, CompareOpKind::In | CompareOpKind::NotIn), &next.expr)
                })
            }
            Expr::IfExpr(choice) => {
                self.value(&choice.test_expr)?;
                self.value(&choice.true_expr)?;
                choice.false_expr.as_ref().map_or(Ok(()), |other| self.value(other))
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    return self.refuse(line, no_such_filter(filter.name));
                }
                match &filter.expr {
                    Some(value) => self.guarded(filter.name == "default", value)?,
                    None => return self.refuse(line, "a filter needs a value before it"),
                }
                self.arguments(line, &filter.args)
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    let message = format!("there is no test `{}`; there are {}", test.name, TESTS.join(", "));
                    return self.refuse(line, message);
                }
                self.guarded(test.name == "defined", &test.expr)?;
                self.arguments(line, &test.args)
            }
            Expr::Slice(_) => self.refuse(line, "a part of a list can't be taken by [ : ]"),
            Expr::Call(_) => {
                self.refuse(line, "nothing can be called; filters stand after a bar: {{ name | upper }}")
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => self.refuse(
                line,
                "a list stands after `in` only, and has fixed values: {% if a in [\"b\", \"c\"] %}",
            ),
        }
    }

    /// The right side of an operator: after `in` it may be a list of fixed values. The engine works such lists out before it begins
    /// to count what it does, so nothing else may be done with them.
    fn operand(&mut self, is_after_in: bool, expression: &Expr<'a>) -> Outcome {
        match expression {
            Expr::List(list)
                if is_after_in && list.items.iter().all(|item| matches!(item, Expr::Const(_))) =>
            {
                Ok(())
            }
            other => self.value(other),
        }
    }

    /// A value that may be missing where `is_guard`.
    fn guarded(&mut self, is_guard: bool, expression: &Expr<'a>) -> Outcome {
        match expression {
            Expr::Var(name) if is_guard => {
                self.variable(name.id, true);
                Ok(())
            }
            other => self.value(other),
        }
    }

    fn arguments(&mut self, line: u16, arguments: &[CallArg<'a>]) -> Outcome {
        arguments.iter().try_for_each(|argument| match argument {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.value(value),
            CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                self.refuse(line, "arguments are written one by one")
            }
        })
    }

    fn variable(&mut self, name: &str, is_guarded: bool) {
        if !self.scopes.iter().any(|scope| scope.contains(name)) {
            self.uses.note(name, is_guarded);
        }
    }
}
