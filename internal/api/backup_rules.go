package api

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Bounds of what a backup is called (spec/replication.md §1.2, §1.6).
const (
	MaxBackupName = 255
	MaxBackupText = 255
)

// backupName is what the dialect takes as a name: letters, digits, "_" and "-".
var backupName = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// Problems judges what a draft says of its own: the rest is in the policy.
func (d *CheckpointDraft) Problems() []Problem {
	return fieldProblems("",
		fieldProblem{"name", backupNameProblem(d.Name)},
		fieldProblem{"description", backupTextProblem(d.Description)})
}

func backupNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n > MaxBackupName:
		return M("backup.name_too_long", "max", MaxBackupName, "length", n)
	case !backupName.MatchString(name):
		return M("backup.name_form")
	}
	return Message{}
}

func backupTextProblem(text string) Message {
	switch n := utf8.RuneCountInString(text); {
	case n > MaxBackupText:
		return M("backup.description_too_long", "max", MaxBackupText, "length", n)
	case strings.ContainsAny(text, "<>") || !graphic(text):
		return M("backup.description_form")
	}
	return Message{}
}
