package templates

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// BackendSettings is where the page of a project's place is, below the project.
const BackendSettings = ProjectSettings + "/backend"

// The inputs of the form that decide which others there are.
const (
	BackendCredential = "credential"
	credentialKey     = "access_key"
	credentialUser    = "iam_user"
)

// BackendView is where a project lives, and the form that says so.
type BackendView struct {
	Project string // its path
	Backend api.Backend
	Form    *form.Form // nil for those who only look
	Check   *api.Check // of what stands in the form
	Anyway  bool       // offer to save although the check failed
	Changed *LinkChanged
}

func (v *BackendView) path() string { return v.Project + BackendSettings }

// cloudy reports whether the form is about a region.
func (v *BackendView) cloudy() bool {
	return v.Form.Value("kind") == string(api.BackendCloud)
}

// backendCheck is the place of a test's result.
const backendCheck = "backend-check"

// backendInputs are the inputs that a test is about.
const backendInputs = "kind cloud base region project endpoints. credential access domain user secret"

// BackendValues fill the form from where a project lives. The secret stays behind.
func BackendValues(b *api.Backend) url.Values {
	v := url.Values{
		"kind": {string(b.Kind)}, "cloud": {b.Cloud}, "base": {b.Base}, "region": {b.Region}, "project": {b.Project},
		"access": {b.Access}, "domain": {b.Domain}, "user": {b.User}, "version": {version(b.Version)},
		BackendCredential: {credentialKey},
	}
	if b.Version == 0 {
		v.Del("version")
	}
	if b.Kind == api.BackendEmbedded {
		v.Set("cloud", api.CloudHuawei)
	}
	if b.User != "" {
		v.Set(BackendCredential, credentialUser)
	}
	for service, endpoint := range b.Endpoints {
		v.Set("endpoints."+service, endpoint)
	}
	return v
}

// SignsIn reports whether what stands in the form is the sign-in of an IAM user.
func SignsIn(values url.Values) bool { return values.Get(BackendCredential) == credentialUser }

// BackendForm describes the form, by what stands in it. stored is where the project of
// that name lives now; held is the typed secret, sealed.
func BackendForm(ctx context.Context, project, name string, values url.Values, stored *api.Backend, held string) *form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	f := &form.Form{ID: "backend-form", Action: project + BackendSettings, Values: values, Guard: true}
	if seen := values.Get("version"); seen != "" {
		f.Hidden = []form.Hidden{{Name: "version", Value: seen}}
	}
	kind := form.Field{Path: "kind", Kind: form.Cards, Required: true, Redraw: true, Label: t("backend.kind"), Choices: []form.Choice{
		{Value: string(api.BackendEmbedded), Label: t("backend_kind.embedded"), Note: t("backend.embedded_note")},
		{Value: string(api.BackendCloud), Label: t("backend_kind.cloud"), Note: t("backend.cloud_note")},
	}}
	f.Sections = []form.Section{{ID: "section-kind", Title: t("backend.place"), Fields: []form.Field{kind}}}
	switch {
	case values.Get("kind") == string(api.BackendCloud):
		f.Sections = append(f.Sections, regionSection(ctx, values), credentialSection(ctx, values, stored, held), endpointSection(ctx, values))
	case stored.Kind == api.BackendCloud:
		f.Sections[0].Fields = append(f.Sections[0].Fields, form.Field{
			Path: "confirm", Kind: form.Text, Required: true, Placeholder: name,
			Label: t("backend.confirm"), Help: locale.T(ctx, "backend.confirm_help", "name", name, "region", stored.Region),
		})
	}
	f.Hidden = append(f.Hidden, unseen(f, held)...)
	return f
}

// unseen are what was typed for other choices: kept, in case those come back.
func unseen(f *form.Form, held string) []form.Hidden {
	paths := []string{"cloud", "base", "region", "project", BackendCredential, "access", "domain", "user"}
	for _, service := range api.BackendServices {
		paths = append(paths, "endpoints."+service)
	}
	var kept []form.Hidden
	for _, path := range paths {
		if value := f.Value(path); value != "" && !f.Has(path) {
			kept = append(kept, form.Hidden{Name: path, Value: value})
		}
	}
	if held != "" && !f.Has("secret") {
		kept = append(kept, form.Hidden{Name: "secret.held", Value: held}, form.Hidden{Name: "secret.mode", Value: form.Replace})
	}
	return kept
}

// regionSection says which project of which region it is.
func regionSection(ctx context.Context, values url.Values) form.Section {
	t := func(key string) string { return locale.T(ctx, key) }
	clouds := form.Field{Path: "cloud", Kind: form.Select, Required: true, Redraw: true, Label: t("backend.cloud"), Help: t("backend.cloud_help")}
	for _, cloud := range api.Clouds {
		clouds.Choices = append(clouds.Choices, form.Choice{Value: cloud, Label: t("cloud_name." + cloud)})
	}
	region := form.Field{Path: "region", Kind: form.Text, Required: true, Live: true, Half: true, Placeholder: "cn-north-4", Label: t("backend.region"), Help: t("backend.region_help")}
	project := form.Field{Path: "project", Kind: form.Text, Required: true, Live: true, Half: true,
		Placeholder: "0605767b5780d5762fc5c0118072a564", Label: t("backend.project"), Help: t("backend.project_help")}
	fields := []form.Field{clouds, region, project}
	switch values.Get("cloud") {
	case api.CloudOTC:
		fields[1].Placeholder = "eu-de"
	case api.CloudCustom:
		fields[1].Help = t("backend.region_label_help")
		fields = slices.Insert(fields, 1, form.Field{
			Path: "base", Kind: form.Text, Live: true, Placeholder: "https://cloud.example.com", Label: t("backend.base"), Help: t("backend.base_help"),
		})
	}
	return form.Section{ID: "section-region", Title: t("backend.region_section"), Fields: fields}
}

// credentialSection says who signs in.
func credentialSection(ctx context.Context, values url.Values, stored *api.Backend, held string) form.Section {
	t := func(key string) string { return locale.T(ctx, key) }
	signsIn := SignsIn(values)
	fields := []form.Field{{
		Path: BackendCredential, Kind: form.Cards, Required: true, Redraw: true, Label: t("backend.credential"), Choices: []form.Choice{
			{Value: credentialKey, Label: t("backend.key"), Note: t("backend.key_note")},
			{Value: credentialUser, Label: t("backend.iam"), Note: t("backend.iam_note")},
		},
	}}
	secret := form.Field{Path: "secret", Kind: form.Password, Required: true, Label: t("backend.secret_key"), Help: t("backend.secret_help"),
		Stored: KeepsSecret(values, stored), Held: held}
	if signsIn {
		secret.Label = t("backend.password")
		fields = append(fields,
			form.Field{Path: "domain", Kind: form.Text, Required: true, Live: true, Half: true, Label: t("backend.domain"), Help: t("backend.domain_help")},
			form.Field{Path: "user", Kind: form.Text, Required: true, Live: true, Half: true, Label: t("backend.user"), Help: t("backend.user_help")})
	} else {
		fields = append(fields, form.Field{Path: "access", Kind: form.Text, Required: true, Live: true, Label: t("backend.access")})
	}
	return form.Section{ID: "section-credential", Title: t("backend.sign_in"), Fields: append(fields, secret)}
}

// KeepsSecret reports whether there is a secret that the form can keep: of the same kind
// of credential.
func KeepsSecret(values url.Values, stored *api.Backend) bool {
	return stored.HasSecret && SignsIn(values) == (stored.User != "")
}

// endpointSection is for services that are not where the cloud says.
func endpointSection(ctx context.Context, values url.Values) form.Section {
	section := form.Section{ID: "section-endpoints", Title: locale.T(ctx, "backend.endpoints"), Help: locale.T(ctx, "backend.endpoints_help"), Advanced: true}
	for _, service := range api.BackendServices {
		section.Fields = append(section.Fields, form.Field{
			Path: "endpoints." + service, Kind: form.Text, Live: true, Half: true, Label: serviceNames[service],
			Placeholder: usualEndpoint(values),
		})
	}
	return section
}

// serviceNames are what services are called in every language.
var serviceNames = map[string]string{
	"iam": "IAM", "cdm": "CDM", "dli": "DLI", "functiongraph": "FunctionGraph", "vpcep": "VPCEP", "csbs": "CSBS",
}

// usualEndpoint is where each service is that has no address of its own, as far as that can
// be said: it is only shown.
func usualEndpoint(values url.Values) string {
	if values.Get("cloud") == api.CloudCustom {
		return values.Get("base")
	}
	return ""
}

// BackendDifferences lists the fields in which what was typed is not what is stored.
func BackendDifferences(ctx context.Context, d api.BackendDraft, stored *api.Backend) []Difference {
	d = d.Complete()
	mine := api.AuditedBackend{
		Kind: d.Kind, Cloud: d.Cloud, Region: d.Region, Project: d.Project, Base: d.Base, Endpoints: d.Endpoints,
		Access: d.Access, Domain: d.Domain, User: d.User,
	}
	return differences(backendFacts(ctx, mine), backendFacts(ctx, stored.Audited()))
}

// changedBackend lists what a change of a project's place changed.
func changedBackend(ctx context.Context, c api.Change) []valueChange {
	var before, after api.AuditedBackend
	if json.Unmarshal(c.Before, &before) != nil || json.Unmarshal(c.After, &after) != nil {
		return nil
	}
	found := changedFacts(backendFacts(ctx, before), backendFacts(ctx, after))
	if note := secretNote(ctx, "secret", auditedSecret(c.Before), auditedSecret(c.After)); note != "" {
		found = append(found, valueChange{Label: locale.T(ctx, "backend.secret"), Note: note})
	}
	return found
}

// backendFacts are all that is said of where a project lives.
func backendFacts(ctx context.Context, b api.AuditedBackend) []fact {
	say := func(key, text string) fact { return fact{Label: locale.T(ctx, key), Text: text} }
	cloud := b.Cloud
	if slices.Contains(api.Clouds, cloud) {
		cloud = locale.T(ctx, "cloud_name."+cloud)
	}
	kind := "backend_kind." + string(api.BackendEmbedded)
	if b.Kind == api.BackendCloud {
		kind = "backend_kind." + string(api.BackendCloud)
	}
	var endpoints []string
	for _, service := range api.BackendServices {
		if b.Endpoints[service] != "" {
			endpoints = append(endpoints, serviceNames[service]+locale.T(ctx, "form.colon")+b.Endpoints[service])
		}
	}
	return []fact{
		say("backend.kind", locale.T(ctx, kind)), say("backend.cloud", cloud), say("backend.base", b.Base),
		say("backend.region", b.Region), say("backend.project", b.Project), listFact(ctx, "backend.endpoints", endpoints),
		say("backend.access", b.Access), say("backend.domain", b.Domain), say("backend.user", b.User),
	}
}
