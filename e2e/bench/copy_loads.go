package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// newLoad is a load of so many objects of a size, KiB or MiB.
func newLoad(objects int, size int64, rounds int) copyLoad {
	unit := fmt.Sprintf("%d KiB", size>>10)
	if size >= 1<<20 {
		unit = fmt.Sprintf("%d MiB", size>>20)
	}
	return copyLoad{name: fmt.Sprintf("%s objects of %s", thousands(objects), unit), objects: objects, size: size, rounds: rounds}
}

// fillCopies makes what is copied: some large objects and many small ones.
func fillCopies(folder string, rounds, share int) ([]copyLoad, error) {
	loads := []copyLoad{newLoad(64/share, 32<<20, (rounds+1)/2), newLoad(10_000/share, 4<<10, rounds)}
	progress("copies: %s, %s", loads[0].name, loads[1].name)
	for i := range loads {
		if err := loads[i].fill(filepath.Join(folder, fmt.Sprintf("from-%d", i)), false); err != nil {
			return nil, err
		}
	}
	return loads, nil
}

// fill makes the objects of a load, and writes down their sums.
func (l *copyLoad) fill(folder string, holes bool) error {
	l.folder, l.job = folder, folder+".json"
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	job := copyJob{From: folder, Sums: map[string]string{}}
	for i := range l.objects {
		key := fmt.Sprintf("%05d", i)
		sum, err := l.write(filepath.Join(folder, key), holes)
		if err != nil {
			return err
		}
		job.Sums[key] = sum
	}
	text, err := json.Marshal(job)
	if err != nil {
		return err
	}
	return os.WriteFile(l.job, text, 0o600)
}

// write makes an object: of anything, or of nothing, which takes less long.
func (l *copyLoad) write(name string, holes bool) (string, error) {
	f, err := os.Create(name) //nolint:gosec // our own folder
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	if holes {
		if err := f.Truncate(l.size); err != nil {
			return "", err
		}
		_, err = io.CopyN(hash, f, l.size)
	} else {
		random := rand.NewChaCha8(sha256.Sum256([]byte(filepath.Base(name))))
		_, err = io.CopyN(io.MultiWriter(f, hash), random, l.size)
	}
	return hex.EncodeToString(hash.Sum(nil)), err
}
