"""How files for the browser are named: by their content, so that they can be cached for ever."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_CSS, _IMPORTS = HashedFilesMixin.patterns, HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined] # the stubs leave it out


class HashedFiles(CompressedManifestStaticFilesStorage):
    # Only our own modules import each other. To look for imports in everything that others wrote would take longer than
    # all the rest.
    patterns = (*_CSS, ("parley/*.js", _IMPORTS[1]))
    max_post_process_passes = 30  # in an unlucky order, each pass settles one level of modules only
