package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// ReplicateView is the form that copies one backup.
type ReplicateView struct {
	Base   string // of the section
	Backup api.Backup
	Form   *form.Form
}

// crumbs is the way to the page.
func (v *ReplicateView) crumbs(ctx context.Context) []Crumb {
	return []Crumb{
		{Label: locale.T(ctx, "backups.title"), Href: v.Base + "/" + BackupsTab},
		{Label: v.Backup.Name, Href: backupPath(v.Base, v.Backup.ID)},
	}
}

// ReplicateForm describes the form that copies one backup.
func ReplicateForm(ctx context.Context, base string, b *api.Backup, destinations []form.Choice) *form.Form {
	t := func(key string) string { return locale.T(ctx, key) }
	return &form.Form{
		ID: "replicate-form", Action: backupPath(base, b.ID) + "/replicate",
		Sections: []form.Section{{ID: "replicate-what", Fields: []form.Field{
			{Path: ReplicationTo, Kind: form.Select, Required: true, Label: t("replications.destination"), Choices: destinations},
			{
				Path: "name", Kind: form.Text, Label: t("replications.replica_name"), Placeholder: api.ReplicaName(b.ID), MaxLen: api.MaxReplicaName,
				Help: t("replications.replica_name_help"),
			},
			{Path: "description", Kind: form.TextArea, Label: t("replications.description"), MaxLen: api.MaxBackupText, Count: true},
			{
				Path: ReplicationAccelerate, Kind: form.Switch, Label: t("replications.accelerate"),
				Help: t("replications.accelerate_help"),
			},
		}}},
	}
}
