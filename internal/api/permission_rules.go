package api

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Rules of whitelists (spec/whitelist.md §1.2).
const (
	maxAccount   = MaxPermission - len(AccountPrefix) // characters of an account id
	maxYears     = 10                                 // how far ahead an entry may expire
	minReason    = 10                                 // characters
	organization = "organizations:orgPath::"          // begins entries of the newer dialect
)

// Verdicts judges a batch by its form and within itself; what the whitelist
// holds already is not known here.
func (b *PermissionBatch) Verdicts(now time.Time) []Verdict {
	verdicts := make([]Verdict, len(b.Entries))
	first := make(map[string]int, len(b.Entries))
	for i := range b.Entries {
		d, v := &b.Entries[i], &verdicts[i]
		v.Permission = permissionProblem(d.Permission)
		v.Description = descriptionProblem(d.Description, MaxPermissionText)
		v.Expires = expiryProblem(d.Expires, now)
		at, twice := first[d.Permission]
		switch {
		case !v.Permission.IsZero():
		case d.Permission == Everyone && !b.Everyone:
			v.Permission = M("permission.everyone_apart")
		case !twice:
			first[d.Permission] = i
		case !b.Repeat:
			v.Permission = M("permission.twice", "line", at+1)
		}
	}
	return verdicts
}

// Present is the message of an entry that is there already.
const Present = "permission.present"

// Refuse says what is wrong with the batch, in its form or, unless it may repeat
// entries, because of what is present: Conflict if that is all.
func (b *PermissionBatch) Refuse(verdicts []Verdict, present map[string]bool) error {
	invalid := Refuse(VerdictProblems(verdicts))
	if !b.Repeat {
		for i, d := range b.Entries {
			if verdicts[i].Permission.IsZero() && present[d.Permission] {
				verdicts[i].Permission = M(Present, "permission", d.Permission)
			}
		}
	}
	problems := VerdictProblems(verdicts)
	if invalid == nil && len(problems) > 0 {
		return &Error{Code: Conflict, Message: problems[0].Message, Problems: problems}
	}
	return Refuse(problems)
}

// VerdictProblems says the same as verdicts, at the paths of AddPermissions.
func VerdictProblems(verdicts []Verdict) []Problem {
	var problems []Problem
	for i, v := range verdicts {
		problems = append(problems, fieldProblems("permissions."+strconv.Itoa(i)+".",
			fieldProblem{"permission", v.Permission}, fieldProblem{"description", v.Description}, fieldProblem{"expires", v.Expires})...)
	}
	return problems
}

// fieldProblem is what a rule says of a field: nothing if it is fine.
type fieldProblem struct {
	field   string
	message Message
}

// fieldProblems are those that say something.
func fieldProblems(prefix string, found ...fieldProblem) []Problem {
	var problems []Problem
	for _, f := range found {
		if !f.message.IsZero() {
			problems = append(problems, Problem{prefix + f.field, f.message})
		}
	}
	return problems
}

// permissionProblem judges an entry of a whitelist: Everyone, or AccountPrefix
// and an account id.
func permissionProblem(text string) Message {
	account, prefixed := strings.CutPrefix(text, AccountPrefix)
	switch {
	case text == Everyone:
		return Message{}
	case text == "":
		return M("permission.required")
	case strings.HasPrefix(text, organization):
		return M("permission.organization")
	case !prefixed && ValidAccount(text):
		return M("permission.prefix_missing")
	case !prefixed:
		return M("permission.form")
	case account == Everyone:
		return M("permission.every_account")
	case utf8.RuneCountInString(account) > maxAccount:
		return M("permission.too_long", "max", maxAccount)
	case !ValidAccount(account):
		return M("permission.account_form")
	}
	return Message{}
}

// ValidAccount reports whether text can be an account id. Those of the cloud
// are 32 hex digits, but its own documents show others.
func ValidAccount(text string) bool {
	for i, c := range []byte(text) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && (c != '-' || i == 0) {
			return false
		}
	}
	return text != "" && len(text) <= maxAccount
}

// descriptionProblem judges a line of text that people write about a thing.
func descriptionProblem(text string, limit int) Message {
	switch {
	case utf8.RuneCountInString(text) > limit:
		return M("vpcep.description_too_long", "max", limit)
	case strings.ContainsAny(text, "<>"):
		return M("vpcep.description_brackets")
	case !visibleLine(text):
		return M("vpcep.description_control")
	}
	return Message{}
}

// visibleLine reports whether text is one line that nothing hidden rearranges.
func visibleLine(text string) bool {
	return utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) })
}

// expiryProblem judges when an entry ends; the zero time is never.
func expiryProblem(expires, now time.Time) Message {
	switch {
	case expires.IsZero():
		return Message{}
	case !expires.After(now):
		return M("permission.expires_past")
	case expires.After(now.AddDate(maxYears, 0, 1)): // with a day for time zones
		return M("permission.expires_far", "years", maxYears)
	}
	return Message{}
}

// Problems judges a change of an entry.
func (c *PermissionChange) Problems(stored *Permission, now time.Time) []Problem {
	var description, expires Message
	if c.Description != nil {
		description = descriptionProblem(*c.Description, MaxPermissionText)
	}
	if c.Expires != nil {
		expires = renewalProblem(stored, *c.Expires, now)
	}
	return fieldProblems("", fieldProblem{"description", description}, fieldProblem{"expires", expires})
}

// renewalProblem judges a new end of an entry. That everyone may connect for
// longer than was confirmed needs a new confirmation.
func renewalProblem(stored *Permission, expires, now time.Time) Message {
	unbounded, was := expires.IsZero(), stored.Expires
	longer := !was.IsZero() && (unbounded || expires.After(was))
	if stored.Permission == Everyone && longer {
		return M("permission.everyone_longer")
	}
	return expiryProblem(expires, now)
}

// Problems judges the wish; name is the whole name of the service.
func (d *EveryoneDraft) Problems(name string, now time.Time) []Problem {
	return fieldProblems("",
		fieldProblem{"confirm", d.confirmProblem(name)},
		fieldProblem{"reason", reasonProblem(d.Reason)},
		fieldProblem{"expires", expiryProblem(d.Expires, now)})
}

func (d *EveryoneDraft) confirmProblem(name string) Message {
	if d.Confirm != name {
		return M("permission.confirm", "name", name)
	}
	return Message{}
}

func reasonProblem(reason string) Message {
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n < minReason:
		return M("permission.reason_short", "min", minReason)
	case n > MaxReason:
		return M("permission.reason_long", "max", MaxReason)
	case !visibleLine(reason):
		return M("vpcep.description_control")
	}
	return Message{}
}
