package api

import (
	"context"
	"time"
)

// Ramps is the part of Service about plans that shift the weight of an alias in
// steps. Every step is an ordinary update of the alias, with its audit entry
// ("ramp_next", whoever takes it), on behalf of whoever started the ramp.
type Ramps interface {
	// StartRamp begins a ramp: the first step is taken at once, whatever the
	// alias's gray release was before. Conflict while one is under way; version
	// as in UpdateAlias.
	// Conflict, too, if it is to promote what is the main version of another alias.
	StartRamp(ctx context.Context, s Scope, alias string, d RampDraft, version int64) (Ramp, error)
	// ValidateRamp judges the form alone: Invalid, Conflict where the promotion would
	// be refused (see StartRamp), or nil.
	ValidateRamp(ctx context.Context, s Scope, alias string, d RampDraft) error
	// Ramps returns the latest of an alias, newest first; limit bounds how many.
	Ramps(ctx context.Context, s Scope, alias string, limit int) ([]Ramp, error)
	// SteerRamp does something to the ramp that is under way; at is the step that
	// was seen, so that two people who press "next" take one step: Conflict if it
	// is at another one. NotFound if none is under way.
	SteerRamp(ctx context.Context, s Scope, alias string, do RampDeed, at int) (Ramp, error)
}

// Ramp is a plan to shift the weight of an alias, and how far it is.
type Ramp struct {
	ID         string
	Alias      string
	Main       string // the version that it began with
	Additional string // the version that gets more and more
	Steps      []RampStep
	Promote    bool // when the last step has been held, Additional becomes the main version
	State      RampState
	At         int       // the step in force, from 0
	Since      time.Time // when that began
	// Next is when the next step is taken, or the promotion; zero if that waits
	// for somebody.
	Next    time.Time
	Started Stamp
	Ended   time.Time // zero while it is under way
	EndedBy string    // user name
	// Message is why it paused by itself or was overtaken, else zero.
	Message Message
}

// RampStep is a weight and how long it stays.
type RampStep struct {
	Percent int           `json:"percent"`
	Hold    time.Duration `json:"hold"` // 0: until somebody says so; else whole seconds
}

// RampState is how far a ramp is.
type RampState string

// The states. The last three are final.
const (
	RampRunning   RampState = "running" // goes on by itself, or waits for somebody if Next is zero
	RampPaused    RampState = "paused"
	RampPromoted  RampState = "promoted"
	RampAborted   RampState = "aborted"
	RampOvertaken RampState = "overtaken" // somebody led the alias elsewhere
)

// RampDeed is what can be done to a ramp; AbortAlias and PromoteAlias end it.
type RampDeed string

// The deeds.
const (
	RampPause  RampDeed = "pause"
	RampResume RampDeed = "resume" // holds the step for its whole time again
	RampNext   RampDeed = "next"   // takes the next step now; Conflict at the last
	RampBack   RampDeed = "back"   // takes the step before again, and pauses; Conflict at the first
)

// RampDraft is a ramp as somebody describes it. Paths of problems are
// "additional", "steps", "steps.N.percent" and "steps.N.hold".
type RampDraft struct {
	Additional string
	Steps      []RampStepDraft
	Promote    bool
}

// RampStepDraft is a step as typed.
type RampStepDraft struct {
	Percent string // a whole number from 0 to 100, more than that of the step before
	Hold    string // a Go duration such as "15m", or empty: until somebody says so
}

// Bounds of ramps; ours.
const (
	MaxRampSteps = 20
	MinRampHold  = time.Second
	MaxRampHold  = 30 * 24 * time.Hour
)
