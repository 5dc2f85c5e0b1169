package e2e

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// find waits for the one thing with that role and name.
func (w *tab) find(role, name string) cdp.BackendNodeID {
	w.t.Helper()
	return eventually(w.t, role+" "+strconv.Quote(name), func() (cdp.BackendNodeID, bool) {
		found := w.all(role, name)
		if len(found) != 1 {
			return cdp.BackendNodeID(len(found)), false
		}
		return found[0], true
	})
}

// all returns what there is with that role and name, now.
func (w *tab) all(role, name string) []cdp.BackendNodeID {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	root, err := chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject]("document"))
	if err != nil {
		return nil // between two pages
	}
	tree, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
		ObjectID: root.ObjectID, Role: role, AccessibleName: name,
	})
	if err != nil {
		return nil
	}
	var found []cdp.BackendNodeID
	for _, node := range tree.Nodes {
		if !node.Ignored {
			found = append(found, node.BackendDOMNodeID)
		}
	}
	return found
}

// query waits for what a CSS selector finds.
func (w *tab) query(selector string) cdp.BackendNodeID {
	w.t.Helper()
	return eventually(w.t, selector, func() (cdp.BackendNodeID, bool) {
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		defer cancel()
		object, err := chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject](
			"document.querySelector("+strconv.Quote(selector)+")"))
		if err != nil || object.ObjectID == "" {
			return 0, false
		}
		described, err := chromedp.Call(ctx, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: object.ObjectID})
		if err != nil {
			return 0, false
		}
		return described.Node.BackendNodeID, true
	})
}

// The roles that browsers tell for what people call an input and a menu.
var (
	inputs = []string{"textbox", "searchbox", "combobox"} // the last with proposals
	folds  = []string{"DisclosureTriangle", "DisclosureTriangleGrouped"}
)

// roleOf waits for a thing with that name and returns which of the roles it has.
func (w *tab) roleOf(name string, roles []string) string {
	w.t.Helper()
	return eventually(w.t, strings.Join(roles, " or ")+" "+strconv.Quote(name), func() (string, bool) {
		for _, role := range roles {
			if len(w.all(role, name)) == 1 {
				return role, true
			}
		}
		return "", false
	})
}

// input waits for the input with that label.
func (w *tab) input(label string) cdp.BackendNodeID {
	w.t.Helper()
	return w.find(w.roleOf(label, inputs), label)
}

// value is what stands in the input with that label.
func (w *tab) value(label string) string {
	w.t.Helper()
	return on[string](w, w.input(label), "return this.value")
}

// attribute is an attribute of the input with that label; "" if it has none.
func (w *tab) attribute(label, name string) string {
	w.t.Helper()
	return on[string](w, w.input(label), `return this.getAttribute("`+name+`") ?? ""`)
}

// focused reports whether a thing has the keyboard.
func (w *tab) focused(role, name string) bool {
	w.t.Helper()
	return on[bool](w, w.find(role, name), "return this === document.activeElement")
}

// on runs a function's body on an element.
func on[T any](w *tab, node cdp.BackendNodeID, body string) T {
	w.t.Helper()
	object := devtools(w, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: node}).Object
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: "function() {" + body + "}", ObjectID: object.ObjectID, ReturnByValue: new(true),
	})
	require.NoError(w.t, err)
	var value T
	require.NoError(w.t, json.Unmarshal(result.Result.Value, &value))
	return value
}

// path is where the page is: path and query.
func (w *tab) path() string { return w.eval("location.pathname + location.search") }

// at waits until the page at a path is there.
func (w *tab) at(path string) {
	w.t.Helper()
	eventually(w.t, "the page at "+path, func() (string, bool) {
		state := w.state()
		now, _, _ := strings.Cut(strings.TrimPrefix(state, w.base), " ")
		return now, now == path
	})
}

// sees waits until a text can be read on the page.
func (w *tab) sees(text string) {
	w.t.Helper()
	eventually(w.t, "the text "+strconv.Quote(text), func() (string, bool) {
		now := w.text()
		return now, strings.Contains(now, text)
	})
}

// text is what can be read on the page.
func (w *tab) text() string {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		return err.Error() // between two pages
	}
	return text
}
