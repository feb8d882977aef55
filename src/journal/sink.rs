//! The output side of a journal.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::layout::JournalDirectory;
use super::outfile::{NAMES, OutFile, index};
use super::receipt::Lengths;
use super::{PARTITION, fault};
use crate::pipeline::ports::{Change, Publication, PublishError, Receipt, Recovered, Sink, StoreError};

/// Appends outputs to the files of a journal.
#[derive(Debug)]
pub struct JournalSink {
    directory: PathBuf,
    /// Empty until recovered, and after any failure: what is then in the files is not known.
    files: Vec<OutFile>,
}

impl JournalSink {
    #[must_use]
    pub fn new(directory: &JournalDirectory) -> Self {
        Self { directory: directory.outputs(), files: Vec::new() }
    }

    fn append(files: &mut [OutFile], publications: &[Publication]) -> Result<(), PublishError> {
        for publication in publications {
            only_partition(publication.partition)?;
            for output in &publication.outputs {
                let file = index(output.outlet).and_then(|at| files.get_mut(at));
                let Some(file) = file else {
                    return Err(PublishError::Fatal(format!(
                        "a journal has no place for {:?}: this is a mistake in the program",
                        output.outlet
                    )));
                };
                file.append(&output.value)?;
            }
        }
        files.iter_mut().try_for_each(OutFile::sync)
    }
}

impl Sink for JournalSink {
    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        let mut files = std::mem::take(&mut self.files);
        if files.len() != NAMES.len() {
            return Err(PublishError::Aborted("the output files must be recovered before anything is published".to_owned()));
        }
        // On failure the files stay forgotten; the next recovery cuts them back.
        Self::append(&mut files, publications)?;
        let mut lengths = Lengths::default();
        for (length, file) in lengths.0.iter_mut().zip(&files) {
            *length = file.length();
        }
        self.files = files;
        Ok(vec![lengths.encode(); publications.len()])
    }

    /// The lock of the state directory keeps others out already.
    fn fence(&mut self) -> Result<(), PublishError> {
        self.files.clear();
        Ok(())
    }

    fn recover(
        &mut self,
        partition: u32,
        receipt: Option<&[u8]>,
        _replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError> {
        only_partition(partition)?;
        let lengths = receipt.map_or(Ok(Lengths::default()), Lengths::decode).map_err(|error| {
            let directory = self.directory.display();
            PublishError::Fatal(format!("the receipt in the store, which tells the lengths of the files in {directory}, {error}"))
        })?;
        create(&self.directory).map_err(|error| fault::output(&self.directory, "create", &error))?;
        self.files = NAMES
            .iter()
            .zip(lengths.0)
            .map(|(name, committed)| OutFile::recover(self.directory.join(name), committed))
            .collect::<Result<_, _>>()?;
        sync_names(&self.directory).map_err(|error| fault::output(&self.directory, "sync", &error))?;
        Ok(Recovered::default())
    }
}

fn only_partition(partition: u32) -> Result<(), PublishError> {
    if partition == PARTITION {
        return Ok(());
    }
    Err(PublishError::Fatal(format!("a journal has partition {PARTITION} only, and {partition} was to be published")))
}

fn create(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    directory.parent().map_or(Ok(()), sync_names)
}

/// A new file is only safe once its name is.
fn sync_names(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
