package api

import (
	"regexp"
	"unicode/utf8"
)

// MaxReplicaName bounds what somebody calls a replica, in characters
// (spec/replication.md §1.2).
const MaxReplicaName = 64

// replicaName is what the dialect takes: Chinese, letters, digits, "_" and "-".
var replicaName = regexp.MustCompile(`^[\p{Han}A-Za-z0-9_-]+$`)

// Why backups of a policy would not be copied, in plans.
const (
	FaultUnfinished   FaultCode = "unfinished"    // it is being made
	FaultBackupFailed FaultCode = "backup_failed" // it could not be made: there is nothing to copy
	FaultDeleting     FaultCode = "deleting"
)

// ReplicaName is what a replica of a backup is called if nobody says.
func ReplicaName(backup string) string { return "manual_rep_from_" + backup }

// Problems judges what a draft says of its own: where it goes depends on what
// there is.
func (d *BackupReplicationDraft) Problems() []Problem {
	return fieldProblems("",
		fieldProblem{"name", replicaNameProblem(d.Name)},
		fieldProblem{"description", backupTextProblem(d.Description)})
}

func replicaNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n > MaxReplicaName:
		return M("replication.name_too_long", "max", MaxReplicaName, "length", n)
	case name != "" && !replicaName.MatchString(name):
		return M("replication.name_form")
	}
	return Message{}
}
