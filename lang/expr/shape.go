package expr

import "fmt"

// Shape is an expression as a tree in text, the same for every layout of the same words. It is not Canonical: names are not
// looked up and types not checked. The error says why the text is no expression.
func Shape(text string) (string, error) {
	f, err := base()
	if err != nil {
		return "", err
	}
	ast, issues := f.env.Parse(text)
	if issues.Err() != nil {
		return "", fmt.Errorf("read the expression: %w", issues.Err())
	}
	tree := ast.NativeRep()
	return canonical(tree, tree.Expr(), nil), nil
}
