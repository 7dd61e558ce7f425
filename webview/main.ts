/** The panel: how small can the dataset go, and what is lost? Imports src/protocol alone. */
import { BudgetSlider } from './budget.ts';
import { ClusterTable } from './clusters.ts';
import { registerControls } from './controls.ts';
import { Evidence } from './evidence.ts';
import { FileTable } from './files.ts';
import { DatasetHeading } from './heading.ts';
import { QualityMix } from './mix.ts';
import { BitbudgetPanel } from './panel.ts';
import { StageList } from './stages.ts';
import { StudyView } from './study.ts';
import { SweepView } from './sweep.ts';
import { CopyWriter } from './write.ts';

registerControls();
customElements.define('bitbudget-stages', StageList);
customElements.define('bitbudget-heading', DatasetHeading);
customElements.define('bitbudget-budget', BudgetSlider);
customElements.define('bitbudget-mix', QualityMix);
customElements.define('bitbudget-write', CopyWriter);
customElements.define('bitbudget-clusters', ClusterTable);
customElements.define('bitbudget-evidence', Evidence);
customElements.define('bitbudget-study', StudyView);
customElements.define('bitbudget-sweep', SweepView);
customElements.define('bitbudget-files', FileTable);
customElements.define('bitbudget-panel', BitbudgetPanel);
