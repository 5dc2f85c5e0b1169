package templates

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// Installation is what administrators see of the server: nothing secret.
type Installation struct {
	Version, Go string
	Began       time.Time
	Database    string   // SQLite, PostgreSQL
	Keys        []string // ids, the current one first
	Settings    []Setting
}

// Setting is a flag of the server. Value is its default where it was not Set, empty
// if that is no text; Hidden says that it is a secret.
type Setting struct {
	Name, Value string
	Set, Hidden bool
}

// InstallationView is the page of the console's settings. Proof is what came of a
// look at the audit log, nil if nobody asked.
type InstallationView struct {
	Installation

	Form  *form.Form
	Proof *api.AuditProof
}

// RetentionForm is how long the audit log is kept; 0 days are for ever.
func RetentionForm(ctx context.Context, days int) *form.Form {
	f := &form.Form{
		ID: "retention-form", Action: "/" + SectionSettings + "/retention", Values: url.Values{},
		Sections: []form.Section{{ID: "retention-fields", Title: locale.T(ctx, "settings.retention"), Fields: []form.Field{{
			Path: "days", Kind: form.Number, Label: locale.T(ctx, "settings.retention_days"),
			Help: locale.T(ctx, "settings.retention_help", "min", api.MinAuditRetention),
		}}}},
	}
	if days > 0 {
		f.Values.Set("days", strconv.Itoa(days))
	}
	return f
}
