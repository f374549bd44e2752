//! Static analysis of templates: finds the variables that a template uses, and rejects syntax without bounded cost.

use std::collections::{BTreeSet, HashMap};

use minijinja::machinery::{
    Span,
    ast::{BinOpKind, CallArg, CompareOpKind, Expr, Stmt},
};

use serde::{Deserialize, Serialize};

use super::{
    builtins::{FILTERS, TESTS, unknown_filter, unknown_tag, unknown_test},
    error::TemplateError,
    limits::MAX_NAME_BYTES,
    part::Part,
    position::Position,
};

/// The maximum index in brackets: the engine walks through a text to find a character.
const MAX_INDEX: usize = 250;

/// A variable of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateVariable {
    /// The name. For `{{ order.number }}` it is `order`.
    pub name: String,
    /// Whether a value is required. It isn't if the template has a `default` or tests `is defined`.
    pub required: bool,
}

/// The variables that a template uses, in order of first use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UsedVariables {
    variables: Vec<TemplateVariable>,
    /// The index of each name.
    indices: HashMap<String, usize>,
}

impl UsedVariables {
    /// Analyses a part and adds its variables.
    pub(super) fn add_part(
        &mut self,
        part: Part,
        source: &str,
        tree: &Stmt<'_>,
    ) -> Result<(), TemplateError> {
        Analysis { part, source, used: self, scopes: vec![BTreeSet::new()] }.statement(tree)
    }

    pub(super) fn as_slice(&self) -> &[TemplateVariable] {
        &self.variables
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.indices.contains_key(name)
    }

    /// Adds a variable. It is optional if the template tests it or provides a default anywhere.
    fn add(&mut self, name: &str, is_guarded: bool) {
        if let Some(index) = self.indices.get(name) {
            self.variables[*index].required &= !is_guarded;
        } else {
            self.indices.insert(name.to_owned(), self.variables.len());
            self.variables.push(TemplateVariable { name: name.to_owned(), required: !is_guarded });
        }
    }
}

struct Analysis<'a, 'u> {
    part: Part,
    source: &'u str,
    used: &'u mut UsedVariables,
    /// Names that the template defines itself, the innermost scope last.
    scopes: Vec<BTreeSet<&'a str>>,
}

type Checked = Result<(), TemplateError>;

impl<'a> Analysis<'a, '_> {
    fn not_allowed(&self, span: Span, message: impl Into<String>) -> Checked {
        let position = Position::of(self.source, span.start_offset as usize);
        Err(TemplateError::NotAllowed { part: self.part, position, message: message.into() })
    }

    fn statements(&mut self, statements: &[Stmt<'a>]) -> Checked {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    /// Analyses statements in a new scope. Returns the names that are defined at its end.
    fn scope(
        &mut self,
        names: BTreeSet<&'a str>,
        statements: &[Stmt<'a>],
    ) -> Result<BTreeSet<&'a str>, TemplateError> {
        self.scopes.push(names);
        let result = self.statements(statements);
        let names = self.scopes.pop().unwrap_or_default();
        result.map(|()| names)
    }

    fn statement(&mut self, statement: &Stmt<'a>) -> Checked {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.value(&emit.expr),
            Stmt::IfCond(condition) => {
                self.value(&condition.expr)?;
                // Only names that both branches set are defined afterwards.
                let one = self.scope(BTreeSet::new(), &condition.true_body)?;
                let other = self.scope(BTreeSet::new(), &condition.false_body)?;
                self.assign(one.intersection(&other).copied());
                Ok(())
            }
            Stmt::ForLoop(block) => {
                if block.recursive {
                    return self.not_allowed(block.span(), "recursive loops are not supported");
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
                    return self.not_allowed(set.span(), "set must assign to a single name");
                };
                self.value(&set.expr)?;
                self.assign([name.id]);
                Ok(())
            }
            Stmt::WithBlock(block) => self.not_allowed(block.span(), unknown_tag("with")),
            Stmt::SetBlock(block) => self.not_allowed(block.span(), "set requires a value: {% set a = b %}"),
            Stmt::AutoEscape(block) => self.not_allowed(block.span(), unknown_tag("autoescape")),
            Stmt::FilterBlock(block) => self.not_allowed(block.span(), unknown_tag("filter")),
            Stmt::Do(block) => self.not_allowed(block.span(), unknown_tag("do")),
        }
    }

    fn assign(&mut self, names: impl IntoIterator<Item = &'a str>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
    }

    fn targets(&self, target: &Expr<'a>, names: &mut BTreeSet<&'a str>) -> Checked {
        match target {
            Expr::Var(name) => {
                names.insert(name.id);
                Ok(())
            }
            Expr::List(list) => list.items.iter().try_for_each(|item| self.targets(item, names)),
            other => self.not_allowed(other.span(), "a loop must assign each value to a name"),
        }
    }

    fn value(&mut self, expression: &Expr<'a>) -> Checked {
        let span = expression.span();
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
                        if key.value.as_str().is_some_and(|name| name.len() <= MAX_NAME_BYTES)
                            || key.value.as_usize().is_some_and(|index| index <= MAX_INDEX) =>
                    {
                        Ok(())
                    }
                    _ => self.not_allowed(
                        span,
                        format!(
                            "brackets must contain a quoted name of at most {MAX_NAME_BYTES} bytes, or a number from 0 to {MAX_INDEX}"
                        ),
                    ),
                }
            }
            Expr::UnaryOp(operation) => self.value(&operation.expr),
            Expr::BinOp(operation) => {
                if matches!(operation.op, BinOpKind::Sub) {
                    self.hyphen(&operation.left, &operation.right)?;
                }
                self.value(&operation.left)?;
                self.operand(matches!(operation.op, BinOpKind::In), &operation.right)
            }
            Expr::Compare(comparison) => {
                self.value(&comparison.expr)?;
                let [next] = &comparison.ops[..] else {
                    return self.not_allowed(span, "a comparison has two sides: write a < b and b < c");
                };
                self.operand(matches!(next.op, CompareOpKind::In | CompareOpKind::NotIn), &next.expr)
            }
            Expr::IfExpr(choice) => {
                self.value(&choice.test_expr)?;
                self.value(&choice.true_expr)?;
                choice.false_expr.as_ref().map_or(Ok(()), |other| self.value(other))
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    return self.not_allowed(span, unknown_filter(filter.name));
                }
                match &filter.expr {
                    Some(value) => self.guarded(filter.name == "default", value)?,
                    None => return self.not_allowed(span, "a filter requires a value before it"),
                }
                self.arguments(span, &filter.args)
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    return self.not_allowed(span, unknown_test(test.name));
                }
                self.guarded(test.name == "defined", &test.expr)?;
                self.arguments(span, &test.args)
            }
            Expr::Slice(_) => self.not_allowed(span, "slices such as [1:2] are not supported"),
            Expr::Call(_) => self.not_allowed(
                span,
                "function calls are not supported; use filters such as {{ name | upper }}",
            ),
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => self.not_allowed(
                span,
                "a list is allowed only after \"in\", with constant values: {% if a in [\"b\", \"c\"] %}",
            ),
        }
    }

    /// Rejects a subtraction without spaces between two names: it is more often a name with a hyphen.
    fn hyphen(&self, left: &Expr<'a>, right: &Expr<'a>) -> Checked {
        let (Expr::Var(_) | Expr::GetAttr(_), Expr::Var(right_name)) = (left, right) else { return Ok(()) };
        let (start, end) = (left.span().start_offset as usize, right.span().end_offset as usize);
        let text = self.source.get(start..end).unwrap_or_default();
        let Some(left_text) = text.strip_suffix(right_name.id).and_then(|left| left.strip_suffix('-')) else {
            return Ok(());
        };
        if left_text.ends_with(char::is_whitespace) {
            return Ok(());
        }
        let (object, name) = left_text.rsplit_once('.').unwrap_or(("object", left_text));
        self.not_allowed(
            left.span(),
            format!(
                "\"{text}\" subtracts; write {object}[\"{name}-{}\"] for a name with a hyphen, or put spaces around \"-\"",
                right_name.id
            ),
        )
    }

    /// Analyses the right side of an operator. After `in` it may be a list of constants. The engine evaluates such lists before it
    /// counts fuel, so they are not allowed elsewhere.
    fn operand(&mut self, is_after_in: bool, expression: &Expr<'a>) -> Checked {
        match expression {
            Expr::List(list)
                if is_after_in && list.items.iter().all(|item| matches!(item, Expr::Const(_))) =>
            {
                Ok(())
            }
            other => self.value(other),
        }
    }

    /// Analyses a value, which may be undefined if `is_guard` is set.
    fn guarded(&mut self, is_guard: bool, expression: &Expr<'a>) -> Checked {
        match expression {
            Expr::Var(name) if is_guard => {
                self.variable(name.id, true);
                Ok(())
            }
            other => self.value(other),
        }
    }

    fn arguments(&mut self, span: Span, arguments: &[CallArg<'a>]) -> Checked {
        arguments.iter().try_for_each(|argument| match argument {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.value(value),
            CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                self.not_allowed(span, "arguments must not be unpacked with * or **")
            }
        })
    }

    fn variable(&mut self, name: &str, is_guarded: bool) {
        if !self.scopes.iter().any(|scope| scope.contains(name)) {
            self.used.add(name, is_guarded);
        }
    }
}
