//! What a template may do: show variables, choose, and repeat.
//!
//! Left out is all that makes more of less (joining texts, arithmetic on them, assignments, ranges) and all that reaches elsewhere
//! (includes, macros, calls): with it, a short template could fill any memory before the engine's own limit on steps stops it.

use minijinja::{
    Environment, Value,
    machinery::{
        ast::{BinOpKind, CallArg, Expr, Stmt},
        parse,
    },
    syntax::SyntaxConfig,
};

use super::{MAX_SOURCE_BYTES, TemplatePart, TemplateProblem, problem};

/// The filters that there are.
const FILTERS: [&str; 6] = ["upper", "lower", "trim", "capitalize", "length", "default"];

/// Gives the engine its filters.
pub(super) fn add_filters(engine: &mut Environment<'_>) {
    engine.add_filter("upper", |text: String| text.to_uppercase());
    engine.add_filter("lower", |text: String| text.to_lowercase());
    engine.add_filter("trim", |text: String| text.trim().to_owned());
    engine.add_filter("capitalize", |text: String| {
        let mut characters = text.chars();
        let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
        first + &characters.as_str().to_lowercase()
    });
    engine.add_filter("length", |value: Value| value.len().unwrap_or(0));
    engine.add_filter("default", |value: Value, other: Value| if value.is_true() { value } else { other });
}

/// Reads a part; answers the variables that it names.
pub(super) fn check(part: TemplatePart, source: &str) -> Result<Vec<String>, TemplateProblem> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(TemplateProblem::SourceTooLong { part });
    }
    let tree =
        parse(source, "template", SyntaxConfig::default()).map_err(|error| problem::syntax(part, &error))?;
    Walk { part }.statement(&tree)?;
    let engine = Environment::new();
    let template = engine.template_from_str(source).map_err(|error| problem::syntax(part, &error))?;
    Ok(template.undeclared_variables(true).into_iter().collect())
}

struct Walk {
    part: TemplatePart,
}

type Outcome = Result<(), TemplateProblem>;

impl Walk {
    fn refuse(&self, line: u16, what: impl Into<String>) -> Outcome {
        Err(TemplateProblem::NotAllowed { part: self.part, line: usize::from(line), what: what.into() })
    }

    fn all<T>(items: &[T], check: impl FnMut(&T) -> Outcome) -> Outcome {
        items.iter().try_for_each(check)
    }

    fn statement(&self, statement: &Stmt<'_>) -> Outcome {
        match statement {
            Stmt::Template(template) => Self::all(&template.children, |child| self.statement(child)),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emitted) => self.expression(&emitted.expr),
            Stmt::ForLoop(repeated) => {
                if repeated.recursive {
                    return self.refuse(repeated.span().start_line, "a recursive loop");
                }
                self.expression(&repeated.iter)?;
                if let Some(filter) = &repeated.filter_expr {
                    self.expression(filter)?;
                }
                Self::all(&repeated.body, |child| self.statement(child))?;
                Self::all(&repeated.else_body, |child| self.statement(child))
            }
            Stmt::IfCond(choice) => {
                self.expression(&choice.expr)?;
                Self::all(&choice.true_body, |child| self.statement(child))?;
                Self::all(&choice.false_body, |child| self.statement(child))
            }
            Stmt::Set(other) => self.refuse(other.span().start_line, "{% set %}"),
            Stmt::SetBlock(other) => self.refuse(other.span().start_line, "{% set %}"),
            Stmt::WithBlock(other) => self.refuse(other.span().start_line, "{% with %}"),
            Stmt::AutoEscape(other) => self.refuse(other.span().start_line, "{% autoescape %}"),
            Stmt::FilterBlock(other) => self.refuse(other.span().start_line, "{% filter %}"),
            Stmt::Do(other) => self.refuse(other.span().start_line, "{% do %}"),
        }
    }

    fn expression(&self, expression: &Expr<'_>) -> Outcome {
        let line = expression.span().start_line;
        match expression {
            Expr::Var(_) | Expr::Const(_) => Ok(()),
            Expr::GetAttr(of) => self.expression(&of.expr),
            Expr::GetItem(of) => {
                self.expression(&of.expr)?;
                self.expression(&of.subscript_expr)
            }
            Expr::UnaryOp(of) => self.expression(&of.expr),
            Expr::BinOp(of) => {
                match of.op {
                    BinOpKind::Add
                    | BinOpKind::Sub
                    | BinOpKind::Mul
                    | BinOpKind::Div
                    | BinOpKind::FloorDiv
                    | BinOpKind::Rem
                    | BinOpKind::Pow => return self.refuse(line, "arithmetic"),
                    BinOpKind::Concat => return self.refuse(line, "joining with ~"),
                    _ => {}
                }
                self.expression(&of.left)?;
                self.expression(&of.right)
            }
            Expr::Compare(of) => {
                self.expression(&of.expr)?;
                Self::all(&of.ops, |op| self.expression(&op.expr))
            }
            Expr::IfExpr(of) => {
                self.expression(&of.test_expr)?;
                self.expression(&of.true_expr)?;
                of.false_expr.as_ref().map_or(Ok(()), |other| self.expression(other))
            }
            Expr::Filter(of) => {
                if !FILTERS.contains(&of.name) {
                    return self.refuse(line, format!("the filter `{}`", of.name));
                }
                if let Some(filtered) = &of.expr {
                    self.expression(filtered)?;
                }
                Self::all(&of.args, |argument| match argument {
                    CallArg::Pos(value) => self.expression(value),
                    _ => self.refuse(line, "a named argument"),
                })
            }
            Expr::List(of) => Self::all(&of.items, |item| self.expression(item)),
            Expr::Test(of) => self.refuse(line, format!("the test `{}`", of.name)),
            Expr::Call(_) => self.refuse(line, "a call"),
            Expr::Slice(_) => self.refuse(line, "a slice"),
            Expr::Tuple(_) => self.refuse(line, "a tuple"),
            Expr::Map(_) => self.refuse(line, "a map"),
        }
    }
}
