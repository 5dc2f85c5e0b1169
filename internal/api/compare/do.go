package compare

import (
	"context"

	"switchboard/internal/api"
)

// Wanted is an item of a plan that somebody agreed to: as Seen says that he saw it.
type Wanted struct {
	Key  Key
	Seen string
}

// Result is what became of an item.
type Result struct {
	Key Key
	Err *api.Error // nil if it was done; with api.Approval it was asked for instead
}

// maxRounds is how often an item is planned again because more is to be done once it is
// there.
const maxRounds = 2

// Do carries out items of a plan, each by the service of the other project: it judges them
// as any other change, and those that have to be approved become requests. An item that
// would do something else by now than what was seen is refused. What fails stops nothing
// but itself, and what needs it; an error that is not an *api.Error ends it, with the
// results so far. Once begun it is carried through.
func Do(ctx context.Context, from, to Side, wanted []Wanted, secrets Secrets) ([]Result, error) {
	ctx = context.WithoutCancel(ctx)
	keys, seen := make([]Key, len(wanted)), map[Key]string{}
	for i, w := range wanted {
		keys[i], seen[w.Key] = w.Key, w.Seen
	}
	items, err := Plan(ctx, from, to, keys, secrets)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(items))
	for i := range items {
		result := Result{Key: items[i].Key}
		if items[i].Seen != seen[items[i].Key] {
			result.Err = api.Errorf(api.Conflict, "compare.moved")
		} else if result.Err, err = refusal(carryOut(ctx, from, to, &items[i], secrets)); err != nil {
			return results, err
		}
		results = append(results, result)
	}
	return results, nil
}

// carryOut does an item. One that waited is planned again, now that what it waited for
// may be there, and so is one of which more is to be done.
func carryOut(ctx context.Context, from, to Side, item *Item, secrets Secrets) error {
	for round := range maxRounds {
		if round > 0 || item.Waits != (Key{}) {
			again, err := planItem(ctx, &copying{open(from), open(to), secrets[item.Key], nil}, item.Key)
			if err != nil {
				return err
			}
			item = &again
		}
		switch {
		case item.Same:
			return nil
		case item.Why != nil:
			return item.Why
		case !item.Ready():
			return api.Errorf(api.Invalid, "compare.secret_missing")
		}
		for _, step := range item.Steps {
			if err := step.deed.Do(ctx, to.Service, to.Scope); err != nil {
				return err
			}
		}
		if !item.more {
			return nil
		}
	}
	return nil
}
