package templates

import (
	"context"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// BackupView is one backup. Base is the path of the project's backups, Path its
// page.
type BackupView struct {
	Base, Path string
	Backup     api.Backup
	Policies   []api.Used // all of the project's, on its page
	SourceHref string     // page of the backup that it is a replica of, "" if nobody knows
}

// BackupPart is the part of a backup's page that is asked for again while
// something goes on.
const BackupPart = "backup-now"

// Going reports whether something can still change by itself.
func (v *BackupView) Going() bool { return backupGoing(&v.Backup) }

// section is the path of the section that the backups are in.
func (v *BackupView) section() string { return strings.TrimSuffix(v.Base, "/"+BackupsTab) }

// replicable reports whether the backup can be copied to another region: a copy
// cannot.
func (v *BackupView) replicable() bool {
	return v.Backup.Status == api.BackupAvailable && v.Backup.Kind == api.BackupOriginal
}

// verify is a command that compares what was downloaded with the sum.
func (v *BackupView) verify() string {
	file := strings.ReplaceAll(v.Backup.File(), "'", `'\''`)
	return "echo '" + v.Backup.Sum + "  " + file + "' | sha256sum --check"
}

// made says who made the backup: a schedule, somebody, or somebody elsewhere.
func (v *BackupView) made(ctx context.Context) string {
	switch {
	case v.Backup.Kind == api.BackupReplica:
		return originText(ctx, &v.Backup)
	case v.Backup.Adopted:
		return locale.T(ctx, "backups.made_elsewhere")
	case v.Backup.Auto:
		return locale.T(ctx, "backups.made_by_schedule")
	}
	return locale.T(ctx, "backups.made_by_hand")
}

// deletion is the question before the backup is removed.
func (v *BackupView) deletion(ctx context.Context) Confirm {
	return Confirm{
		Text:         locale.T(ctx, "backups.delete_text", "name", v.Backup.Name),
		Consequences: BackupConsequences(ctx, []api.Backup{v.Backup}),
		Action:       v.Path + "/delete", Cancel: v.Path, Button: locale.T(ctx, "backups.delete_button"),
	}
}
