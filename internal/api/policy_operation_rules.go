package api

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"switchboard/internal/api/schedule"
)

// Rules of operations (spec/replication.md §1.7).
const (
	maxKeep          = 99999 // backups, or days
	maxKeepPeriods   = 100   // days, weeks, months or years
	farthestEastHour = 14    // of Retention.Zone
	farthestWestHour = 12
)

var retentionZone = regexp.MustCompile(`^UTC([+-])([0-9]{2}):([0-5][0-9])$`)

// complete leaves out where a backup would be copied to.
func (o OperationDraft) complete() OperationDraft {
	o.Type = cmp.Or(o.Type, OperationBackup)
	for _, number := range []*string{&o.Max, &o.Days, &o.Daily, &o.Weekly, &o.Monthly, &o.Yearly, &o.Zone} {
		*number = strings.TrimSpace(*number)
	}
	if o.Type != OperationReplication {
		o.Region, o.Project, o.Accelerate = "", "", false
	}
	return o
}

// Retention is that of an operation without problems.
func (o *OperationDraft) Retention() Retention {
	return Retention{
		Max: kept(o.Max, Unlimited), Days: kept(o.Days, Unlimited), Permanent: o.Permanent, Zone: o.Zone,
		Daily: kept(o.Daily, 0), Weekly: kept(o.Weekly, 0), Monthly: kept(o.Monthly, 0), Yearly: kept(o.Yearly, 0),
	}
}

// kept reads a number; what is not said is otherwise.
func kept(text string, otherwise int) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return otherwise
}

func (o *OperationDraft) problems() []fieldProblem {
	problems := []fieldProblem{
		{"name", operationNameProblem(o.Name)},
		{"description", descriptionProblem(o.Description, maxPolicyText)},
		{"type", o.typeProblem()},
		{"pattern", patternProblem(o.Pattern)},
		{"max", keepProblem(o.Max)},
		{"days", keepProblem(o.Days)},
		{"daily", periodsProblem(o.Daily)},
		{"weekly", periodsProblem(o.Weekly)},
		{"monthly", periodsProblem(o.Monthly)},
		{"yearly", periodsProblem(o.Yearly)},
		{"zone", o.zoneProblem()},
	}
	if o.Type == OperationReplication && o.Region == "" {
		problems = append(problems, fieldProblem{"region", M("region.destination_required")})
	}
	if o.Type == OperationReplication && o.Project == "" {
		problems = append(problems, fieldProblem{"project", M("region.project_required")})
	}
	return problems
}

func operationNameProblem(name string) Message {
	if utf8.RuneCountInString(name) > MaxPolicyName || !graphic(name) || strings.ContainsAny(name, "<>") {
		return M("policy.operation_name_form", "max", MaxPolicyName)
	}
	return Message{}
}

func (o *OperationDraft) typeProblem() Message {
	if o.Type != OperationBackup && o.Type != OperationReplication {
		return M("policy.operation_type")
	}
	return Message{}
}

func patternProblem(text string) Message {
	_, problem := schedule.Parse(text)
	if problem == "" {
		return Message{}
	}
	return M(string(problem))
}

func keepProblem(text string) Message {
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < Unlimited || n > maxKeep) {
		return M("policy.keep_range", "unlimited", Unlimited, "max", maxKeep)
	}
	return Message{}
}

func periodsProblem(text string) Message {
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < 0 || n > maxKeepPeriods) {
		return M("policy.periods_range", "max", maxKeepPeriods)
	}
	return Message{}
}

// zoneProblem asks for a time zone where it decides what day it is.
func (o *OperationDraft) zoneProblem() Message {
	if o.Zone == "" {
		r := o.Retention()
		if r.Daily > 0 || r.Weekly > 0 || r.Monthly > 0 || r.Yearly > 0 {
			return M("policy.zone_required")
		}
		return Message{}
	}
	parts := retentionZone.FindStringSubmatch(o.Zone)
	if parts == nil {
		return M("policy.zone_form")
	}
	farthest := map[string]int{"+": farthestEastHour, "-": farthestWestHour}[parts[1]]
	hours, minutes := kept(parts[2], 0), kept(parts[3], 0)
	if hours*60+minutes > farthest*60 {
		return M("policy.zone_form")
	}
	return Message{}
}
