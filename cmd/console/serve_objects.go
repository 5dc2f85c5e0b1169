package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/embedded"
)

// regionsFolder is where regions are in the data folder.
const regionsFolder = "regions"

// keeping is what the flags say of where objects are kept.
type keeping struct {
	folders []string
	copies  int
}

// keepFlags are the flags that say where regions may be, and how many backups are
// copied at once.
func keepFlags(flags *flag.FlagSet) *keeping {
	k := &keeping{copies: api.MaxCopies}
	flags.Func("regions", "", func(text string) error {
		k.folders = nil
		for folder := range strings.SplitSeq(text, ",") {
			if folder = strings.TrimSpace(folder); folder == "" {
				return errors.New("name folders, with commas between them")
			}
			k.folders = append(k.folders, folder)
		}
		return nil
	})
	flags.Func("copies", "", positive(&k.copies))
	return k
}

// options makes the first folder, where regions are if nobody says where, and names
// all of them from the root.
func (k *keeping) options(w *where) (embedded.Options, error) {
	o := embedded.Options{Region: w.region, Copies: k.copies}
	folders := k.folders
	if len(folders) == 0 {
		folders = []string{filepath.Join(w.data, regionsFolder)}
	}
	for _, folder := range folders {
		whole, err := filepath.Abs(folder)
		if err != nil {
			return o, fmt.Errorf("--regions: %w", err)
		}
		o.Folders = append(o.Folders, whole)
	}
	return o, os.MkdirAll(o.Folders[0], 0o700)
}
