package templates

import (
	"slices"

	"github.com/a-h/templ"

	"switchboard/web/templates/form"
)

// What the panel of code sends along with the form around it: the language, which of the
// page's actions and, from its button without script, which panel.
const (
	SampleLanguage = "sample"
	SampleAction   = "sample.action"
	SampleShow     = "sample.show"
)

// OfSample reports whether the panel of code sends a field of that name, and not the form
// around it.
func OfSample(name string) bool {
	return slices.Contains([]string{SampleLanguage, SampleAction, SampleShow}, name)
}

// The ids of panels: of that below a form, which begins with the form's, and of a page's own.
const (
	SampleSuffix = "-sample"
	PageSample   = "page" + SampleSuffix
)

// SampleView is what a form or a page does as code: the panel below it.
type SampleView struct {
	ID string // of the element that is swapped
	// Method ("get" or "post") and Path are where the panel is asked for. That judges
	// nothing and changes nothing.
	Method, Path string
	// Alone says that no form is around the panel: it has one of its own, with Hidden.
	Alone  bool
	Hidden []form.Hidden
	// Open says that it is open from the start.
	Open bool
	// Redrawn says that the form around it is redrawn with every change, and the panel
	// with it.
	Redrawn bool
	// With is the id of another form of the page whose choices the code is of, too; empty
	// for none.
	With string
	// Actions are what the page offers to do, if that is several things; the code is of
	// the one at Action.
	Actions []string
	Action  int
	// Languages are what it can be written in; Chosen is empty while nobody asked.
	Languages []string
	Chosen    string
	Text      string
	// Of is of how many things the first few are written; 0 if it is all of them.
	Of int
	// Missing is a message key: why there is no code, empty if there is.
	Missing string
	// Note is a message key: what is to be known of the code, empty for nothing.
	Note string
}

// asking makes the panel ask for the code: once it is opened, and from then on with
// everything that is typed while it is open, or was meanwhile (static/sample.js). A file
// is not sent along.
func (v *SampleView) asking() templ.Attributes {
	trigger, include := "stale, input from:closest form delay:400ms, change from:closest form delay:50ms", "closest form"
	if v.With != "" {
		trigger += ", change from:#" + v.With + " delay:50ms"
		include += ", #" + v.With
	}
	switch {
	case v.Chosen == "":
		trigger = "toggle from:closest details"
	case v.Redrawn:
		return templ.Attributes{}
	}
	return templ.Attributes{
		"hx-" + v.Method: v.Path, "hx-trigger": trigger, "hx-include": include, "hx-encoding": "application/x-www-form-urlencoded",
		"hx-target": "this", "hx-swap": "outerHTML", "hx-sync": "this:replace", "hx-push-url": "false",
	}
}
