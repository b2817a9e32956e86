// Checks a log that Closedset wrote with the Go checksum database's packages, which share no code
// with it: golang.org/x/mod/sumdb/note for signatures, .../tlog for tiles and proofs.
//
// usage: independent DIRECTORY
//
// DIRECTORY holds what the test beside this folder writes: the log in tlog-tiles form, keys,
// proofs, and a signer key to sign a note with, which is left there as "signed-by-go".
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func check(dir string) error {
	tree, err := openCheckpoint(dir)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	hashes := tlog.TileHashReader(tree, tiles{dir})
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return fmt.Errorf("tiles: %w", err)
	}
	if root != tree.Hash {
		return fmt.Errorf("tiles have root %v, checkpoint %v", root, tree.Hash)
	}
	if err := checkEntries(dir, tree, hashes); err != nil {
		return fmt.Errorf("entries: %w", err)
	}
	inclusions, err := checkInclusions(dir, tree, hashes)
	if err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	consistencies, err := checkConsistencies(dir, tree, hashes)
	if err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	if err := signNote(dir); err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	fmt.Printf("%d entries, %d inclusions, %d consistencies\n", tree.N, inclusions, consistencies)
	return nil
}

// openCheckpoint verifies the log's signature and the witness's cosignature.
func openCheckpoint(dir string) (tree tlog.Tree, err error) {
	message, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tree, err
	}
	log, err := note.NewVerifier(read(dir, "log.vkey"))
	if err != nil {
		return tree, err
	}
	witness, err := newWitness(read(dir, "witness.vkey"))
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(message, note.VerifierList(log, witness))
	if err != nil {
		return tree, err
	}
	if len(opened.Sigs) != 2 {
		return tree, fmt.Errorf("%d of 2 signatures verified", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() {
		return tree, fmt.Errorf("not a checkpoint of %s: %q", log.Name(), opened.Text)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// witness verifies c2sp.org/tlog-cosignature type 0x04, which the note package does not know.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not a cosigner's key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("wrong key id")
	}
	return &witness{parts[0], id, key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }

func (w *witness) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(w.key, []byte(message), sig[8:])
}

// tiles reads height 8 tiles; tlog's paths name the height where tlog-tiles does not.
type tiles struct{ dir string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		bytes, err := os.ReadFile(filepath.Join(t.dir, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// checkEntries compares each entry of the bundles with its leaf in the authenticated tiles.
func checkEntries(dir string, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 256 {
		width := int(tree.N - first)
		if width > 256 {
			width = 256
		}
		entries, err := bundle(dir, first/256, width)
		if err != nil {
			return err
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != leaves[i] {
				return fmt.Errorf("entry %d is not its leaf", first+int64(i))
			}
		}
	}
	return nil
}

func bundle(dir string, index int64, width int) ([][]byte, error) {
	path := tlog.Tile{H: 8, L: 0, N: index, W: width}.Path()
	path = "tile/entries/" + strings.TrimPrefix(path, "tile/8/0/")
	rest, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("%s is cut off", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:end])
		rest = rest[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%s has %d entries", path, len(entries))
	}
	return entries, nil
}

// checkInclusions verifies each proof file and compares it with the proof that Go makes.
func checkInclusions(dir string, tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	checkpoint := []byte(read(dir, "checkpoint") + "\n")
	files, err := filepath.Glob(filepath.Join(dir, "inclusion", "*.tlog-proof"))
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		parts := bytes.SplitN(content, []byte("\n\n"), 2)
		lines := strings.Split(string(parts[0]), "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" || !bytes.Equal(parts[1], checkpoint) {
			return 0, fmt.Errorf("%s is not a proof for the checkpoint", file)
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		if err != nil {
			return 0, err
		}
		proof, err := parseHashes(lines[2:])
		if err != nil {
			return 0, err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return 0, err
		}
		made, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return 0, err
		}
		if !equal(proof, made) {
			return 0, fmt.Errorf("leaf %d: %v, Go makes %v", index, proof, made)
		}
	}
	return len(files), nil
}

// checkConsistencies does the same for files named by the old size: old root, then the proof.
func checkConsistencies(dir string, tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "consistency", "*"))
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		old, err := strconv.ParseInt(filepath.Base(file), 10, 64)
		if err != nil {
			return 0, err
		}
		lines, err := parseHashes(strings.Split(read(filepath.Dir(file), filepath.Base(file)), "\n"))
		if err != nil {
			return 0, err
		}
		root, proof := lines[0], lines[1:]
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, root); err != nil {
			return 0, fmt.Errorf("size %d: %w", old, err)
		}
		made, err := tlog.ProveTree(tree.N, old, hashes)
		if err != nil {
			return 0, err
		}
		if !equal(proof, made) {
			return 0, fmt.Errorf("size %d: %v, Go makes %v", old, proof, made)
		}
	}
	return len(files), nil
}

// signNote signs with the key that Closedset wrote, for Closedset to verify.
func signNote(dir string) error {
	signer, err := note.NewSigner(read(dir, "log.skey"))
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: "signed by Go\n"}, signer)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "signed-by-go"), signed, 0o600)
}

func equal(one, other []tlog.Hash) bool {
	if len(one) != len(other) {
		return false
	}
	for i := range one {
		if one[i] != other[i] {
			return false
		}
	}
	return true
}

func parseHashes(lines []string) (hashes []tlog.Hash, err error) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// read is for files that the test always writes; what is missing then fails to parse.
func read(dir, name string) string {
	content, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSuffix(string(content), "\n")
}
