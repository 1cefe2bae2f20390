package main

import (
	"math"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// parseBytes reads a size as docker run --memory takes it: a number, whole or
// not, and b, k, m or g for its unit of 1024. "" is 0.
func parseBytes(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number := strings.ToLower(text)
	number = strings.TrimSuffix(strings.TrimSuffix(number, "b"), "i")
	unit := 1.0
	if i := strings.IndexAny(number, "kmgt"); i >= 0 && i == len(number)-1 {
		unit = math.Pow(1024, float64(strings.IndexByte("kmgt", number[i])+1))
		number = number[:i]
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) || n <= 0 || n*unit > math.MaxInt64/2 {
		return 0, sandbox.Errorf("--memory %s: give a size such as 16m or 0.5g", "--memory %s : donnez une taille telle que 16m ou 0.5g", text)
	}
	return int64(n * unit), nil
}
