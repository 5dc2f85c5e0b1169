package templates

import (
	"context"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/schedule"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// PolicyFormID is the form of a policy, as an element and as a fragment, and
// PolicyWordsID the part of it that says what will happen.
const (
	PolicyFormID  = "policy-form"
	PolicyWordsID = "policy-words"
)

// Fields of the form; the others have their names from api.PolicyDraft. Of the
// operations of a policy the form has two, with the paths of their problems.
const (
	PolicyResources = "resources"
	PolicyBackup    = "operations.0"
	PolicyCopy      = "operations.1"
	PolicyKeep      = PolicyBackup + ".keep" // one of KeepAll and KeepSome
	PolicyTo        = PolicyCopy + ".destination"
)

// What is below the path of an operation, for its schedule.
const (
	ScheduleEvery    = ".pattern.every" // one of EveryDays and EveryWeek
	ScheduleInterval = ".pattern.interval"
	ScheduleDays     = ".pattern.days"
	ScheduleTimes    = ".pattern.times"
	ScheduleAt       = "at" // column of ScheduleTimes
)

// The ways to say when.
const (
	EveryDays = "days"
	EveryWeek = "week"
)

// The ways to keep backups.
const (
	KeepAll  = "all"
	KeepSome = "some"
)

// Adopt is what the column "adopt" of a resource sends.
const Adopt = "true"

// PolicyFormView is the form of a new or stored policy. Base is the path of the
// project's policies.
type PolicyFormView struct {
	Base    string
	Form    *form.Form
	Stored  *api.Policy // edited, nil for a new one
	Words   PolicyWords
	Kept    []api.Operation // of Stored, that the form does not show and leaves alone
	Changed *LinkChanged    // somebody else saved it meanwhile
}

// PolicyWords says what a policy will do, as far as the form says that. Beside
// says that it comes along with a field.
type PolicyWords struct {
	Backup, Copy *ScheduleWords // nil: it cannot be read yet, or there is none
	Retention    *api.Retention
	Destination  string // of copies, empty for none
	Beside       bool
}

// ScheduleWords is when an operation is due.
type ScheduleWords struct {
	Pattern schedule.Pattern
	Enabled bool
	Next    []time.Time
}

func (v *PolicyFormView) crumbs(ctx context.Context) []Crumb {
	if v.Stored == nil {
		return []Crumb{{Label: locale.T(ctx, "policies.title"), Href: v.Base}}
	}
	return (&PolicyView{Base: v.Base, Policy: *v.Stored}).below(ctx)
}

// cancel is where somebody goes who saves nothing.
func (v *PolicyFormView) cancel() string {
	if v.Stored == nil {
		return v.Base
	}
	return v.Base + "/" + v.Stored.ID
}

func (v *PolicyFormView) saveLabel(ctx context.Context) string {
	if v.Stored == nil {
		return locale.T(ctx, "policies.create")
	}
	return locale.T(ctx, "policies.save")
}

// PolicyFields is what the fields of a policy depend on.
type PolicyFields struct {
	Home                   string       // region that the policy protects
	Regions                []api.Region // that copies can go to
	BackupEvery, CopyEvery string       // as chosen
	Keep, To               string
	Periods                bool // something is said of days, weeks, months or years
	Picker                 PickerView
	// Cloud says that the region is one of a cloud, which knows what it protects by ids.
	Cloud bool
}

// resourceColumns ask what is protected: where it lies or, in a cloud, what it is called.
func (d *PolicyFields) resourceColumns(ctx context.Context) []form.Column {
	text := func(key string) string { return locale.T(ctx, key) }
	name := form.Column{Name: "name", Label: text("policies.resource_name"), Placeholder: "orders"}
	if d.Cloud {
		name.Label = text("policies.name")
		return []form.Column{name, {Name: "id", Label: text("policies.resource_id"), Placeholder: "3a7c9d52-0b1e-4f86-9c3d-2f5b8a6e1d40"}}
	}
	return []form.Column{
		{Name: "path", Label: text("policies.path"), Placeholder: "dumps/orders"}, name,
		{Name: "adopt", Label: text("policies.taken_as"), Kind: form.Select, Choices: []form.Choice{
			{Value: "", Label: text("policies.taken_back_up")}, {Value: Adopt, Label: text("policies.taken_adopt")},
		}},
	}
}

// resourceHelp says what can be protected.
func (d *PolicyFields) resourceHelp(ctx context.Context) (section, field string) {
	if d.Cloud {
		return locale.T(ctx, "policies.cloud_resources", "region", d.Home), ""
	}
	return locale.T(ctx, "policies.resources_help", "region", d.Home), locale.T(ctx, "policies.adopt_help")
}

// PolicySections are the fields of the form, but for the tags.
func PolicySections(ctx context.Context, d PolicyFields) []form.Section {
	text := func(key string) string { return locale.T(ctx, key) }
	protects, taken := d.resourceHelp(ctx)
	sections := []form.Section{
		{ID: "section-policy", Title: text("policies.general"), Fields: []form.Field{
			{
				Path: "name", Kind: form.Text, Required: true, Live: true, Placeholder: "nightly-databases",
				Label: text("policies.name"), Help: locale.T(ctx, "policies.name_help", "max", api.MaxPolicyName),
			},
			{Path: "description", Kind: form.Text, Live: true, MaxLen: maxPolicyText, Count: true, Label: text("policies.description")},
		}},
		{ID: "section-resources", Title: text("policies.resources"), Help: protects, Fields: []form.Field{{
			Path: PolicyResources, Kind: form.Rows, Live: true, Most: api.MaxResources, Label: text("policies.resources"),
			AddLabel: text("policies.add_resource"), Help: taken, Below: picker(d.Picker),
			Columns: d.resourceColumns(ctx),
		}}},
		{ID: "section-schedule", Title: text("policies.schedule"), Help: text("policies.schedule_help"), Fields: append([]form.Field{
			{Path: PolicyBackup + ".enabled", Kind: form.Switch, Live: true, Label: text("policies.enabled")},
		}, scheduleFields(ctx, PolicyBackup, d.BackupEvery)...)},
		{ID: "section-retention", Title: text("policies.retention"), Fields: append([]form.Field{{
			Path: PolicyKeep, Kind: form.Cards, Redraw: true, Label: text("policies.keep"), Choices: []form.Choice{
				{Value: KeepSome, Label: text("policies.keep_some_card"), Note: text("policies.keep_some_note")},
				{Value: KeepAll, Label: text("policies.keep_all_card"), Note: text("policies.keep_all_note")},
			},
		}}, d.boundFields(ctx, "max", "days")...)},
	}
	if d.Keep != KeepAll {
		sections = append(sections, form.Section{
			ID: "section-periods", Title: text("policies.periods"), Help: text("policies.periods_help"), Advanced: !d.Periods,
			Fields: append(d.boundFields(ctx, "daily", "weekly", "monthly", "yearly"), form.Field{
				Path: PolicyBackup + ".zone", Kind: form.Text, Live: true, Half: true, Placeholder: "UTC+08:00", MaxLen: len("UTC+08:00"),
				Label: text("policies.zone"), Help: text("policies.zone_help"),
			}),
		})
	}
	return append(sections, form.Section{ID: "section-copies", Title: text("policies.copies"), Help: text("policies.copies_help"), Fields: copyFields(ctx, d)})
}

// maxPolicyText is how long a description may be (spec/replication.md §1.7).
const maxPolicyText = 255

// scheduleFields ask when an operation is due.
func scheduleFields(ctx context.Context, path, every string) []form.Field {
	text := func(key string) string { return locale.T(ctx, key) }
	which := form.Field{
		Path: path + ScheduleInterval, Kind: form.Number, Required: true, Live: true, Label: text("policies.interval"), Help: text("policies.interval_help"),
	}
	if every == EveryWeek {
		which = form.Field{Path: path + ScheduleDays, Kind: form.Checks, Required: true, Live: true, Label: text("policies.days")}
		for _, d := range weekdays {
			which.Choices = append(which.Choices, form.Choice{Value: d.Name, Label: text("weekday_short." + d.Name), Note: text("weekday." + d.Name)})
		}
	}
	return []form.Field{
		{Path: path + ScheduleEvery, Kind: form.Cards, Redraw: true, Label: text("policies.every"), Choices: []form.Choice{
			{Value: EveryDays, Label: text("policies.by_days")}, {Value: EveryWeek, Label: text("policies.by_week")},
		}},
		which,
		{
			Path: path + ScheduleTimes, Kind: form.Rows, Required: true, Live: true, Most: schedule.MaxTimes, Label: text("policies.times"),
			Help: text("policies.times_help"), AddLabel: text("policies.add_time"),
			Columns: []form.Column{{Name: ScheduleAt, Label: text("policies.time"), Placeholder: "02:00"}},
		},
	}
}

// boundFields ask how many backups are kept, unless all are.
func (d *PolicyFields) boundFields(ctx context.Context, bounds ...string) []form.Field {
	if d.Keep == KeepAll {
		return nil
	}
	fields := make([]form.Field, len(bounds))
	for i, bound := range bounds {
		fields[i] = form.Field{
			Path: PolicyBackup + "." + bound, Kind: form.Number, Live: true, Half: true,
			Label: locale.T(ctx, "policy_bound."+bound), Help: locale.T(ctx, "policy_bound_help."+bound),
		}
	}
	return fields
}

// copyFields ask where copies go and, if anywhere, when.
func copyFields(ctx context.Context, d PolicyFields) []form.Field {
	text := func(key string) string { return locale.T(ctx, key) }
	to := form.Field{
		Path: PolicyTo, Kind: form.Select, Redraw: true, Unset: text("policies.copy_nowhere"), Choices: Destinations(d.Regions),
		Label: text("policies.destination"), Help: text("policies.destination_help"),
	}
	if len(to.Choices) == 0 {
		to.Help = text("policies.no_region")
		if d.Cloud {
			to.Help = text("policies.no_region_there")
		}
	}
	if d.To == "" {
		return []form.Field{to}
	}
	fields := append([]form.Field{to, {Path: PolicyCopy + ".enabled", Kind: form.Switch, Live: true, Label: text("policies.copy_enabled")}},
		scheduleFields(ctx, PolicyCopy, d.CopyEvery)...)
	return append(fields, form.Field{
		Path: PolicyCopy + ".accelerate", Kind: form.Switch, Label: text("policies.accelerate"), Help: text("policies.accelerate_help"),
	})
}
