//! How the parts of a template use its variables.

use std::collections::BTreeMap;

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr, Stmt, UnaryOpKind};

use super::{Kind, NodeId, Shapes};
use crate::template::{Variables, analysis::UsedVariables};

/// How the parts of a template use its variables.
#[derive(Debug, Default)]
pub(in crate::template) struct Uses {
    shapes: Shapes,
    /// Names that the template defines itself, the innermost scope last. A name without a node has a constant value.
    scopes: Vec<BTreeMap<String, Option<NodeId>>>,
}

impl Uses {
    /// Adds the uses of a part, which must have passed the analysis.
    pub(in crate::template) fn add_part(&mut self, tree: &Stmt<'_>) {
        self.scopes = vec![BTreeMap::new()];
        self.statement(tree);
    }

    /// Returns a sample for these variables.
    pub(in crate::template) fn sample(&self, used: &UsedVariables) -> Variables {
        self.shapes.sample(used)
    }

    fn variable(&mut self, name: &str) -> Option<NodeId> {
        if let Some(node) = self.scopes.iter().rev().find_map(|scope| scope.get(name)) {
            return *node;
        }
        Some(self.shapes.variable(name))
    }

    fn define(&mut self, name: &str, node: Option<NodeId>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), node);
        }
    }

    /// Adds the uses in a new scope. Returns the names that are defined at its end.
    fn scope(&mut self, statements: &[Stmt<'_>]) -> BTreeMap<String, Option<NodeId>> {
        self.scopes.push(BTreeMap::new());
        self.statements(statements);
        self.scopes.pop().unwrap_or_default()
    }

    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emit) => {
                let node = self.expression(&emit.expr);
                self.shapes.use_as(node, Kind::Text);
            }
            Stmt::IfCond(condition) => {
                self.condition(&condition.expr);
                let one = self.scope(&condition.true_body);
                let other = self.scope(&condition.false_body);
                // Only names that both branches set are defined afterwards.
                for (name, node) in one {
                    if let Some(second) = other.get(&name) {
                        self.define(&name, node.or(*second));
                    }
                }
            }
            Stmt::ForLoop(block) => {
                let list = self.expression(&block.iter);
                self.scopes.push(BTreeMap::from([("loop".to_owned(), None)]));
                self.targets(&block.target, list);
                if let Some(filter) = &block.filter_expr {
                    self.condition(filter);
                }
                self.statements(&block.body);
                self.scopes.pop();
                self.scope(&block.else_body);
            }
            Stmt::Set(set) => {
                let node = self.expression(&set.expr);
                if let Expr::Var(name) = &set.target {
                    self.define(name.id, node);
                }
            }
            // The analysis rejects all others.
            _ => {}
        }
    }

    /// Defines the names that a loop assigns the elements of a list to.
    fn targets(&mut self, target: &Expr<'_>, list: Option<NodeId>) {
        match target {
            Expr::Var(name) => {
                let item = list.map(|list| self.shapes.item(list, Kind::List, name.id));
                self.define(name.id, item);
            }
            Expr::List(names) => {
                let item = list.map(|list| self.shapes.item(list, Kind::List, ""));
                self.shapes.use_as(item, Kind::List);
                for (index, name) in names.items.iter().enumerate() {
                    let Expr::Var(name) = name else { continue };
                    let element = item.map(|item| self.shapes.element(item, index, name.id));
                    self.define(name.id, element);
                }
            }
            _ => {}
        }
    }

    fn condition(&mut self, expression: &Expr<'_>) {
        let node = self.expression(expression);
        self.shapes.use_as(node, Kind::Bool);
    }

    fn number(&mut self, expression: &Expr<'_>) {
        let node = self.expression(expression);
        self.shapes.use_as(node, Kind::Number);
    }

    /// Returns the value that an expression refers to, and adds the uses in it.
    fn expression(&mut self, expression: &Expr<'_>) -> Option<NodeId> {
        match expression {
            Expr::Var(name) => self.variable(name.id),
            Expr::GetAttr(get) => {
                let object = self.expression(&get.expr)?;
                Some(self.shapes.field(object, get.name))
            }
            Expr::GetItem(get) => {
                let outer = self.expression(&get.expr)?;
                let Expr::Const(key) = &get.subscript_expr else { return None };
                if let Some(name) = key.value.as_str() {
                    return Some(self.shapes.field(outer, name));
                }
                let index = key.value.as_usize()?;
                let item = self.shapes.item(outer, Kind::List, "item");
                self.shapes.require_length(outer, index + 1);
                Some(item)
            }
            Expr::UnaryOp(operation) => {
                if matches!(operation.op, UnaryOpKind::Neg) {
                    self.number(&operation.expr);
                } else {
                    self.condition(&operation.expr);
                }
                None
            }
            Expr::BinOp(operation) => self.operation(operation.op, &operation.left, &operation.right),
            Expr::Compare(comparison) => {
                let mut left = &comparison.expr;
                for next in &comparison.ops {
                    let kind = match next.op {
                        CompareOpKind::In | CompareOpKind::NotIn => Kind::Container,
                        _ => Kind::Unknown,
                    };
                    self.compare(left, &next.expr, kind);
                    left = &next.expr;
                }
                None
            }
            Expr::IfExpr(choice) => {
                self.condition(&choice.test_expr);
                let one = self.expression(&choice.true_expr);
                let other = choice.false_expr.as_ref().and_then(|other| self.expression(other));
                one.or(other)
            }
            Expr::Filter(filter) => {
                let value = filter.expr.as_ref().and_then(|value| self.expression(value));
                self.filter(filter.name, filter.expr.as_ref(), value, &filter.args)
            }
            Expr::Test(test) => {
                let value = self.expression(&test.expr);
                self.shapes.use_as(
                    value,
                    match test.name {
                        "divisibleby" | "even" | "number" | "odd" => Kind::Number,
                        "boolean" => Kind::Bool,
                        "mapping" => Kind::Object,
                        "sequence" => Kind::List,
                        "string" => Kind::Text,
                        _ => Kind::Unknown,
                    },
                );
                self.numbers(&test.args);
                None
            }
            _ => None,
        }
    }

    fn operation(&mut self, operator: BinOpKind, left: &Expr<'_>, right: &Expr<'_>) -> Option<NodeId> {
        match operator {
            BinOpKind::ScAnd | BinOpKind::ScOr => {
                self.condition(left);
                self.condition(right);
            }
            BinOpKind::Concat => {
                for side in [left, right] {
                    let node = self.expression(side);
                    self.shapes.use_as(node, Kind::Text);
                }
            }
            BinOpKind::In => self.compare(left, right, Kind::Container),
            // `+` also concatenates.
            BinOpKind::Add if is_text(left) || is_text(right) => {
                for side in [left, right] {
                    let node = self.expression(side);
                    self.shapes.use_as(node, Kind::Text);
                }
            }
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte => {
                self.compare(left, right, Kind::Unknown);
            }
            BinOpKind::Add
            | BinOpKind::Sub
            | BinOpKind::Mul
            | BinOpKind::Div
            | BinOpKind::FloorDiv
            | BinOpKind::Rem
            | BinOpKind::Pow => {
                self.number(left);
                self.number(right);
            }
        }
        None
    }

    /// Adds a comparison. A value is compared with values of its own kind.
    fn compare(&mut self, left: &Expr<'_>, right: &Expr<'_>, container: Kind) {
        let (one, other) = (self.expression(left), self.expression(right));
        self.shapes.use_as(other, container);
        if container == Kind::Unknown {
            for (node, opposite) in [(one, right), (other, left)] {
                if let Expr::Const(constant) = opposite
                    && constant.value.is_number()
                {
                    self.shapes.use_as(node, Kind::Number);
                }
            }
        }
    }

    fn filter(
        &mut self,
        name: &str,
        expression: Option<&Expr<'_>>,
        value: Option<NodeId>,
        arguments: &[CallArg<'_>],
    ) -> Option<NodeId> {
        match name {
            "abs" | "round" => {
                self.shapes.use_as(value, Kind::Number);
                self.numbers(arguments);
                None
            }
            "default" => {
                for argument in arguments {
                    if let CallArg::Pos(Expr::Const(constant)) = argument {
                        let kind = if constant.value.is_number() { Kind::Number } else { Kind::Unknown };
                        self.shapes.use_as(value, kind);
                    } else {
                        self.argument(argument);
                    }
                }
                value
            }
            "first" => value.map(|list| self.shapes.item(list, Kind::Container, "item")),
            "format" => {
                let specifiers = match expression {
                    Some(Expr::Const(format)) => format.value.as_str().map(number_specifiers),
                    _ => None,
                };
                let are_numbers = specifiers.unwrap_or_default();
                for (index, argument) in arguments.iter().enumerate() {
                    let node = self.argument(argument);
                    let is_number = are_numbers.get(index).copied().unwrap_or_default();
                    self.shapes.use_as(node, if is_number { Kind::Number } else { Kind::Text });
                }
                None
            }
            "join" => {
                let item = value.map(|list| self.shapes.item(list, Kind::Container, "item"));
                for argument in arguments {
                    if let (CallArg::Kwarg("attribute", Expr::Const(attribute)), Some(item)) =
                        (argument, item)
                        && let Some(attribute) = attribute.value.as_str()
                    {
                        self.shapes.field(item, attribute);
                    } else {
                        self.argument(argument);
                    }
                }
                None
            }
            // The length of a text or a list.
            "length" => None,
            _ => {
                self.shapes.use_as(value, Kind::Text);
                for argument in arguments {
                    self.argument(argument);
                }
                None
            }
        }
    }

    fn argument(&mut self, argument: &CallArg<'_>) -> Option<NodeId> {
        match argument {
            CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value) => self.expression(value),
        }
    }

    fn numbers(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            let node = self.argument(argument);
            self.shapes.use_as(node, Kind::Number);
        }
    }
}

fn is_text(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(constant) => constant.value.as_str().is_some(),
        Expr::BinOp(operation) => match operation.op {
            BinOpKind::Concat => true,
            BinOpKind::Add => is_text(&operation.left) || is_text(&operation.right),
            _ => false,
        },
        _ => false,
    }
}

/// Returns for each value of a format whether it must be a number: `%s costs %.2f` has a text and a number.
fn number_specifiers(format: &str) -> Vec<bool> {
    let mut specifiers = Vec::new();
    let mut rest = format.split('%').skip(1);
    while let Some(specifier) = rest.next() {
        match specifier.chars().find(char::is_ascii_alphabetic) {
            // `%%`
            None if specifier.is_empty() => drop(rest.next()),
            Some(conversion) => specifiers.push(!matches!(conversion, 's' | 'r' | 'a' | 'c')),
            None => {}
        }
    }
    specifiers
}
