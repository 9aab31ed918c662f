namespace Millrace.Pbm.Shell;

/// <summary>What bash and zsh source so that Tab asks pbm.</summary>
internal static class CompletionScripts
{
    /// <summary>The hidden word behind which the scripts put the line up to the cursor.</summary>
    public const string Ask = "__complete";

    /// <summary>Bash breaks words at colons and equal signs too; what it has broken off is cut off.</summary>
    public const string Bash = """
        # Completion of pbm for bash: source <(pbm completion bash)
        _pbm() {
            local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} candidate IFS=$'\n'
            local whole=${line##*[[:space:]]}
            local cut=${whole%"$word"}
            [[ $word == : || $word == = ]] && cut=$whole
            COMPREPLY=()
            for candidate in $("${COMP_WORDS[0]}" __complete "$line" 2>/dev/null); do
                [[ $candidate == */ ]] && compopt -o nospace
                COMPREPLY+=("${candidate#"$cut"}")
            done
        }
        complete -F _pbm pbm ./pbm

        """;

    public const string Zsh = """
        #compdef pbm
        # Completion of pbm for zsh: source <(pbm completion zsh)
        _pbm() {
            local -a candidates folders
            candidates=(${(f)"$("$words[1]" __complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
            folders=(${(M)candidates:#*/})
            candidates=(${candidates:#*/})
            (( $#candidates )) && compadd -- $candidates
            (( $#folders )) && compadd -S '' -- $folders
        }
        compdef _pbm pbm

        """;
}
