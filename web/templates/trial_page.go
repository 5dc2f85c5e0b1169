package templates

// TrialPageView is the bench of a stored alias, for one request and for many.
type TrialPageView struct {
	AliasView

	Trial TrialView
	Many  TrialsView
}
