package compare

import "switchboard/internal/api"

// Item is what copying one thing would do to the other project. It is one of these: ready,
// one that asks for secrets, one that waits for another of the plan, one that has nothing
// to do, or one that cannot be copied.
type Item struct {
	Key      Key
	New      bool // nothing there is called so
	Steps    []Step
	Asks     []string // paths of secrets that have to be typed, because nobody can read them
	Missing  []string // those of them that were not
	Waits    Key      // is made by the same plan first; zero if nothing has to be
	Same     bool     // it is there already, exactly so
	Why      *api.Error
	Notes    []api.Message // what is not copied with it, and what follows
	ThingID  string        // of the one that is there, empty if none is
	ParentID string
	// Seen names what the plan was made of: the thing, and what was there.
	Seen string

	more bool // once it is there, more is to be done
}

// Step is one deed of an item, and what it changes: nil where there is none.
type Step struct {
	About         api.About
	Before, After []byte

	deed api.Deed
}

// Ready reports whether the item can be carried out as it is.
func (i *Item) Ready() bool { return len(i.Steps) > 0 && i.Why == nil && len(i.Missing) == 0 }

// Deeds are what carrying out the items would do, as far as it can be known before.
func Deeds(items []Item) (deeds []api.Deed) {
	for i := range items {
		for _, step := range items[i].Steps {
			if step.deed != nil && items[i].Why == nil {
				deeds = append(deeds, step.deed)
			}
		}
	}
	return deeds
}
