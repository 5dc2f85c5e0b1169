package templates

import (
	"context"
	"net/url"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// kitIcons are the groups of connectors, which have icons of their own.
var kitGroups = []string{"relational", "warehouse", "object_storage", "file_system", "hadoop", "nosql", "messaging", "search"}

// kitRecent is a line of checks with every way to end.
var kitRecent = []api.Status{
	api.Passed, api.Passed, api.Passed, api.Warned, api.Passed, api.Failed, api.Failed, api.Failed, api.Passed,
	api.Passed, api.FormOnly, api.Passed, api.Passed, api.Warned, api.Warned, api.Passed, api.Failed,
}

// kitForm is a form with a field in every state.
func kitForm(ctx context.Context) *form.Form {
	label := func(key string) string { return locale.T(ctx, "kit."+key) }
	return &form.Form{
		ID: "kit-form", Action: "/kit", Refused: true, Focus: "kit.none",
		Values: url.Values{
			"kit.host": {"db.example.com:3306"}, "kit.port": {"3306"}, "kit.type": {"MYSQL"}, "kit.tls": {"true"},
			"kit.fixed": {"MYSQL"}, "kit.on": {"true"}, "kit.replaced.mode": {form.Replace},
			"kit.service": {"POSTGRESQL"}, "kit.date": {"2026-11-22"}, "kit.text": {label("textarea")},
			"kit.ports.0.client": {"443"}, "kit.ports.0.protocol": {"TCP"}, "kit.ports.1.client": {"x"}, "kit.ports.1.protocol": {"TCP"},
			"kit.properties.0.key": {"useUnicode"}, "kit.properties.0.value": {"true"}, "kit.properties.1.key": {"useUnicode"},
		},
		Problems: []api.Problem{
			{Path: "kit.host", Message: api.M("kit.problem_host")},
			{Path: "kit.replaced", Message: api.M("kit.problem_secret")},
			{Path: "kit.ports.1.client", Message: api.M("kit.problem_port")},
			{Path: "kit.properties.1.key", Message: api.M("form.row_twice", "key", "useUnicode")},
		},
		Sections: []form.Section{
			{ID: "kit-plain", Title: label("section"), Help: label("section_help"), Fields: []form.Field{
				{Path: "kit.fixed", Kind: form.Fixed, Label: label("fixed"), Choices: kitChoices},
				{Path: "kit.host", Kind: form.Text, Label: label("text"), Help: label("text_help"), Required: true, Half: true},
				{Path: "kit.port", Kind: form.Number, Label: label("number"), Required: true, Half: true},
				{Path: "kit.type", Kind: form.Select, Label: label("select"), Choices: kitChoices},
				{Path: "kit.tls", Kind: form.Bool, Label: label("bool"), Unset: label("unset"), Help: label("bool_help")},
				{Path: "kit.on", Kind: form.Switch, Label: label("switch")},
				{Path: "kit.text", Kind: form.TextArea, Label: label("textarea"), Placeholder: label("textarea"), MaxLen: 200, Count: true},
				{Path: "kit.service", Kind: form.Cards, Label: label("cards"), Choices: []form.Choice{
					{Value: "MYSQL", Label: "MySQL"}, {Value: "POSTGRESQL", Label: "PostgreSQL", Note: label("text_help")},
				}},
				{Path: "kit.date", Kind: form.Date, Label: label("date")},
				{Path: "kit.ports", Kind: form.Rows, Label: label("rows"), Ordered: true, Columns: []form.Column{
					{Name: "client", Label: label("number"), Kind: form.Number, Placeholder: "443"},
					{Name: "protocol", Label: label("select"), Kind: form.Select, Choices: []form.Choice{{Value: "TCP", Label: "TCP"}}},
				}},
			}},
			{ID: "kit-secrets", Title: label("secrets"), Fields: []form.Field{
				{Path: "kit.new", Kind: form.Password, Label: label("secret_new"), Required: true},
				{Path: "kit.stored", Kind: form.Password, Label: label("secret_stored"), Stored: true},
				{Path: "kit.replaced", Kind: form.Password, Label: label("secret_replaced"), Stored: true},
				{Path: "kit.held", Kind: form.Password, Label: label("secret_held"), Held: "sealed"},
				{Path: "kit.keytab", Kind: form.File, Label: label("file"), Secret: true},
			}},
			{ID: "kit-folded", Title: label("advanced"), Advanced: true, Fields: []form.Field{
				{Path: "kit.properties", Kind: form.Map, Label: label("map")},
			}},
			{ID: "kit-closed", Title: label("advanced_closed"), Advanced: true, Fields: []form.Field{
				{Path: "kit.more", Kind: form.Text, Label: label("text")},
			}},
		},
	}
}

var kitChoices = []form.Choice{{Value: "MYSQL", Label: "MySQL"}, {Value: "POSTGRESQL", Label: "PostgreSQL"}}

// kitChecks is a check for each way to end.
func kitChecks() []api.Check {
	at := time.Date(2026, 11, 22, 5, 30, 12, 0, time.UTC)
	passed := func(name api.StepName, took time.Duration, found string) api.Step {
		return api.Step{Name: name, Status: api.Passed, Took: took * time.Microsecond, Found: found}
	}
	begin := []api.Step{
		passed(api.StepForm, 90, ""),
		passed(api.StepResolve, 2_400, "192.0.2.17"),
		passed(api.StepConnect, 11_800, "192.0.2.17:3306"),
	}
	failed := append(begin[:3:3],
		api.Step{
			Name: api.StepSignIn, Status: api.Failed, Took: 14 * time.Millisecond, Path: "kit.replaced",
			Message: api.M("kit.check_message"), Hint: api.M("kit.check_hint"),
			Detail: "Error 1045 (28000): Access denied for user 'orders'@'192.0.2.4' (using password: YES)",
		},
		api.Step{Name: api.StepDatabase, Status: api.Skipped},
		api.Step{Name: api.StepVersion, Status: api.Skipped},
	)
	warned := append(begin[:3:3],
		api.Step{Name: api.StepTLS, Status: api.Warned, Took: 3 * time.Millisecond, Message: api.M("kit.check_warning")},
		passed(api.StepVersion, 1_900, "MySQL 8.0.36"),
	)
	several := append(begin[:1:1],
		api.Step{Name: api.StepConnect, At: "zk1.example.com:2181", Status: api.Passed, Took: 2 * time.Millisecond},
		api.Step{Name: api.StepConnect, At: "zk2.example.com:2181", Status: api.Warned, Took: time.Millisecond, Message: api.M("kit.check_warning")},
	)
	good := append(begin[:3:3], passed(api.StepSignIn, 9_100, ""), passed(api.StepVersion, 1_900, "MySQL 8.0.36"))
	return []api.Check{
		{Status: api.Failed, Steps: failed, At: at, Took: 28290 * time.Microsecond},
		{Status: api.Passed, Steps: good, At: at, Took: 25290 * time.Microsecond},
		{Status: api.Warned, Steps: warned, At: at, Took: 2519 * time.Millisecond},
		{Status: api.Warned, Steps: several, At: at, Took: 3 * time.Millisecond},
		{Status: api.FormOnly, Steps: begin[:1], At: at, Took: 90 * time.Microsecond},
	}
}

// kitChanges are changes as the overview shows them.
func kitChanges() []api.Change {
	at := time.Date(2026, 11, 22, 5, 30, 12, 0, time.UTC)
	change := func(action, name string, way api.Way, ago time.Duration) api.Change {
		return api.Change{Action: action, Kind: api.KindLink, ObjectID: name, ObjectName: name, At: at.Add(-ago), Actor: api.Actor{User: "admin", Way: way}}
	}
	return []api.Change{
		change("update", "orders-db", api.WayPage, 0),
		change("create", "orders-db", api.WayWire, time.Hour),
		change("delete", "orders-old", api.WayConsole, 30*time.Hour),
	}
}

func kitHref(c api.Change) string {
	if c.ObjectName == "orders-old" {
		return ""
	}
	return "#"
}
