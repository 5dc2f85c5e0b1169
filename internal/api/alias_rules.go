package api

import (
	"regexp"
	"strconv"
	"unicode/utf8"

	"switchboard/internal/api/routing"
)

// Forms of aliases (spec/aliases.md §4.1, §8.4).
var (
	versionForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)
)

// Route is where a draft's alias would lead, as far as its form is right:
// what else others have is not looked at. The problems are those of the form.
func (d *AliasDraft) Route() (routing.Route, []Problem) {
	return d.route(), d.Problems(nil)
}

// Problems judges everything but what other aliases have, in the order in which
// the dialect reports it: form, main version, additional version
// (spec/aliases.md §11 no. 11). has tells which versions the function has; nil
// if that is not to be asked.
func (d *AliasDraft) Problems(has func(version string) bool) []Problem {
	problems := fieldProblems("",
		fieldProblem{"name", aliasNameProblem(d.Name)},
		fieldProblem{"version", versionProblem(d.Version)},
		fieldProblem{"description", d.descriptionProblem()},
		fieldProblem{"gray", d.grayProblem()})
	if len(d.Strategies) == 1 {
		problems = append(problems, d.Strategies[0].problems()...)
	}
	if d.Sticky != nil {
		problems = append(problems, stickyProblems(*d.Sticky)...)
	}
	if has != nil && versionNamed(d.Version) && !has(d.Version) {
		problems = append(problems, Problem{"version", M("alias.version_unknown", "version", d.Version)})
	}
	return append(problems, fieldProblems("",
		fieldProblem{"additional", d.additionalProblem(has)},
		fieldProblem{"weight", d.weightProblem()})...)
}

// route reads the draft, and leaves out what it cannot read.
func (d *AliasDraft) route() routing.Route {
	route := routing.Route{Main: d.Version}
	if d.Sticky != nil {
		route.Sticky = *d.Sticky
	}
	switch {
	case len(d.Strategies) > 0:
		s := d.Strategies[0]
		route.Additional, route.Combine = s.Version, s.Combine
		route.Rules = s.Rules[:min(len(s.Rules), routing.MaxRules)]
	case len(d.Weights) > 0:
		route.Additional = d.Weights[0].Version
		if d.weightProblem().IsZero() {
			route.Weight, _ = strconv.Atoi(d.Weights[0].Weight)
		}
	}
	return route
}

// Draft is the alias as a draft that would leave it as it is.
func (a *Alias) Draft() AliasDraft {
	return DraftOf(a.Name, a.Description, a.Route)
}

// DraftOf is a draft of an alias that leads there.
func DraftOf(name, description string, route routing.Route) AliasDraft {
	d := AliasDraft{Name: name, Version: route.Main, Description: &description, Sticky: &route.Sticky}
	switch {
	case route.Additional == "":
	case len(route.Rules) > 0:
		d.Strategies = []StrategyDraft{{Version: route.Additional, Combine: route.Combine, Rules: route.Rules}}
	default:
		d.Weights = []WeightDraft{{Version: route.Additional, Weight: strconv.Itoa(route.Weight)}}
	}
	return d
}

func aliasNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return M("alias.name_required")
	case n > MaxAliasName:
		return M("alias.name_too_long", "max", MaxAliasName, "length", n)
	case !functionName.MatchString(name):
		return M("alias.name_form")
	}
	return Message{}
}

// versionNamed reports whether a version can have that name.
func versionNamed(text string) bool {
	return len(text) <= MaxVersionName && versionForm.MatchString(text)
}

// versionProblem judges the form of a version's name.
func versionProblem(version string) Message {
	switch {
	case version == "":
		return M("alias.version_required")
	case !versionNamed(version):
		return M("alias.version_form", "version", Shortened(version))
	}
	return Message{}
}

func (d *AliasDraft) descriptionProblem() Message {
	if d.Description == nil {
		return Message{}
	}
	return textProblem(*d.Description)
}

func (d *AliasDraft) grayProblem() Message {
	if len(d.Weights) > 0 && len(d.Strategies) > 0 {
		return M("alias.gray_both")
	}
	return Message{}
}

// additional returns the additional version that is named, if it is one.
func (d *AliasDraft) additional() (version string, one bool) {
	switch {
	case len(d.Weights) == 1 && len(d.Strategies) == 0:
		return d.Weights[0].Version, true
	case len(d.Weights) == 0 && len(d.Strategies) == 1:
		return d.Strategies[0].Version, true
	}
	return "", false
}

func (d *AliasDraft) additionalProblem(has func(string) bool) Message {
	if version, one := d.additional(); one {
		return additionalProblem(version, d.Version, has)
	}
	if max(len(d.Weights), len(d.Strategies)) > 1 {
		return M("alias.additional_many")
	}
	return Message{}
}

// additionalProblem judges the additional version of an alias.
func additionalProblem(version, main string, has func(string) bool) Message {
	switch {
	case version == "":
		return M("alias.additional_required")
	case !versionNamed(version):
		return M("alias.additional_form", "version", Shortened(version))
	case version == LatestVersion:
		return M("alias.additional_latest")
	case version == main:
		return M("alias.additional_same", "version", version)
	case has != nil && !has(version):
		return M("alias.additional_unknown", "version", version)
	}
	return Message{}
}

func (d *AliasDraft) weightProblem() Message {
	if len(d.Weights) != 1 || len(d.Strategies) > 0 {
		return Message{}
	}
	_, problem := percent(d.Weights[0].Weight)
	return problem
}

// percent reads a whole number from 0 to 100.
func percent(text string) (n int, problem Message) {
	const all = 100
	if !wholeNumber.MatchString(text) {
		return 0, M("alias.weight_whole")
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > all {
		return 0, M("alias.weight_range", "weight", Shortened(text))
	}
	return n, Message{}
}
